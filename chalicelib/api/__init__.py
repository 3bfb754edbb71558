"""HTTP, thin: each route reads the request, calls one use-case, and writes its reply.

- `endpoint`   what a route declares; the same declaration is mounted and documented
- `gateway`    events of any API Gateway kind in, problem+json for everything that goes wrong out
- `problems`   the error format
- `openapi` `reference`   the document and the page made from it
- `assessments` `profiles` `service`   the routes
"""
