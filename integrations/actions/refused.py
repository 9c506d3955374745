"""Why a hook does not do what it was asked, in the words of Slack, and in a sentence."""


class Refused(Exception):
    """What came is not posted: `word` is Slack's for it, `status` the answer's, `sentence` for the log."""

    def __init__(self, word: str, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.word = word
        self.status = status
        self.sentence = sentence
