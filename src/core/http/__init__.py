"""The Core API: the operations of `FaceCore` over HTTP, for programs in any language.

A request walks: `gate` (a name or a key, a size) -> `routes` (one function for each operation, over a `context`) ->
`looking` and `batches` (images within bounds; one result or error for each of many) -> `FaceCore`. `busy` bounds who
uses the models at the same time, `uploads` keeps files and rows together, `jobs` does long work later and `webhooks`
tells of its end. `messages` are the JSON, `problems` turns every error into a problem document (RFC 9457), `docs` is
the page at `/docs`, `settings` reads the environment, `app` composes it all and `server` runs it.

It knows nothing of users: whoever holds the key may do everything.
"""
