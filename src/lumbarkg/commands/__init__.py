"""The commands of ``lumbarkg``, one a module: ``add_to`` adds its parser, ``run`` carries it out."""
