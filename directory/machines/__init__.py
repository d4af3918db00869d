"""How machines find what is public: a map of the pages, what each says as data, and a picture beside a link."""
