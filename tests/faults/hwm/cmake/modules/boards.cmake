# Nothing: the folder says that the tree has CMake files.
