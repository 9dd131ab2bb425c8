"""Reference layouts, rules of calls and catalogues, as data; found through importlib.resources."""
