"""The server as a service: settings, the master process and its workers, reload, logs."""
