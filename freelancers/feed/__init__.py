"""The marketplace feed: files of profiles in, people and their dated figures kept true. See docs/feed.md."""
