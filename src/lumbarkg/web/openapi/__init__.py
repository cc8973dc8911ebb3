"""The OpenAPI 3.1 document: typed models of what goes in and out, the operations, and the document made of both."""
