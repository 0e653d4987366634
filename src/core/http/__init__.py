"""The Core API: the operations of `FaceCore` over HTTP, for programs in any language.

`settings` reads the environment; `app` builds the FastAPI application; `messages` are its JSON; `problems` turns every
error into a problem document (RFC 9457); `uploads` keeps what clients send; `server` runs it all. It knows nothing of
users: whoever holds the key may do everything.
"""
