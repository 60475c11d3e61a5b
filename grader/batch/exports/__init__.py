"""How each platform writes the hand-ins of a class: a module for each, from contents to an export.

`share` is how much of the contents looks like that platform's, from 0 to 1; `export` reads them as such.
"""
