"""Sietch Core: image in, faces and persons out.

An embedded face engine for any application. It knows images, faces and persons, and nothing of users, albums or
privacy. `images` makes upright pixels of a file; `engine` composes the steps (`detection`, `alignment`, `embedding`,
`quality`); `service.FaceCore` keeps what was found in a `database`, searches it (`vectors`), and makes persons of faces
(`assignment`, which composes `matching` and `clustering`); `operations` holds what it does, a module for each kind.
"""
