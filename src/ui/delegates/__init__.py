"""How a photo, a face, a person is painted in a grid."""
