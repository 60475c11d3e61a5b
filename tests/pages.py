"""HTML as a browser takes it apart, for tests that look at a page without one."""

from html.parser import HTMLParser

VOID = ("meta", "br", "img", "hr", "link", "input")


class Tree(HTMLParser):
    """Tags and attributes, each tag closed where it belongs, and the texts. There are no comments."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.open, self.texts = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def handle_comment(self, data):
        raise AssertionError(data)

    @property
    def said(self):
        return "".join(self.texts)
