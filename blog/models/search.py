"""What search and related articles look things up in. Written by blog/search.py and
blog/related.py alone, in the transaction of a publication; whether an edition may be found is asked
of the edition when somebody searches."""

from django.db import models

from blog.models.edition import Edition
from blog.trash import goes_with_its_article


class WordsField(models.TextField):
    """Words with a space between them, each once; their order says nothing.

    `has` takes groups of words: of each group at least one has to be there, and one that ends in *
    stands for all that begin so. It also takes an expression that gives one word.
    """


@WordsField.register_lookup
class Has(models.Lookup):
    lookup_name = "has"
    prepare_rhs = False

    def as_sqlite(self, compiler, connection):
        return self._sql(compiler, connection, "%s MATCH %s", '"', "AND", "OR", '"*')

    def as_postgresql(self, compiler, connection):
        # As in the index, so that it serves.
        sql = "blog_searchwords(%s) @@ (%s)::tsquery"
        return self._sql(compiler, connection, sql, "'", "&", "|", "':*")

    def _sql(self, compiler, connection, sql, quote, each, either, prefix):
        lhs, params = self.process_lhs(compiler, connection)
        if hasattr(self.rhs, "resolve_expression"):
            word, word_params = self.process_rhs(compiler, connection)
            rhs, quotes = f"(%s || {word} || %s)", [quote, quote]
            return sql % (lhs, rhs), [*params, quote, *word_params, quotes[1]]
        # Nothing but letters and digits comes out of blog/words.py, so nothing is to be escaped.
        groups = [
            [
                f"{quote}{word[:-1]}{prefix}" if word.endswith("*") else f"{quote}{word}{quote}"
                for word in group
            ]
            for group in self.rhs
        ]
        query = f" {each} ".join(f"({f' {either} '.join(group)})" for group in groups)
        return sql % (lhs, "%s"), [*params, query]


# What blog_searchwords() returns, a function of migration 0022. The sets of words alone: no place,
# no weight, and no parser with ideas of its own.
VECTOR = "array_to_tsvector(string_to_array(%s, ' '))"


class SearchEntry(models.Model):
    """The words of an edition. Each column holds those of the one before it as well.

    On SQLite the table is an FTS5 table, on PostgreSQL a plain one with GIN indexes; migration
    0021 makes it, and no other may alter it, or it would become a plain table on SQLite.
    """

    COLUMNS = ["title", "headings", "themes", "words"]

    # FTS5 has one key, and this is its name.
    edition = models.OneToOneField(
        Edition,
        primary_key=True,
        db_column="rowid",
        db_constraint=False,
        on_delete=models.CASCADE,
        related_name="search_entry",
    )
    title = WordsField()
    # And of the summary.
    headings = WordsField()
    # What the text keeps coming back to.
    themes = WordsField()
    words = WordsField()
    # The topic by its number and the tags as "#slug".
    labels = WordsField()

    class Meta:
        managed = False
        db_table = "blog_searchentry"
        default_permissions = []

    def __str__(self):
        return str(self.edition)


class Spelling(models.Model):
    """A word that was published, and one form that somebody who misspells it arrives at.

    The forms are those of words.with_deletions(), and the stem. A word stays when its last text
    goes, so it may be shown only when a live edition has it.
    """

    form = models.CharField(max_length=40)
    word = models.CharField(max_length=40)
    stem = models.CharField(max_length=40)

    class Meta:
        default_permissions = []
        constraints = [models.UniqueConstraint(fields=["form", "word"], name="spelling_once")]

    def __str__(self):
        return f"{self.form} → {self.word}"


class Related(models.Model):
    """`other` is among the editions that are most like `edition`. Either may not be live.

    The database does not hold the keys: two articles published at once would each wait for the
    lock of the other.
    """

    edition = models.ForeignKey(
        Edition, on_delete=goes_with_its_article, related_name="related", db_constraint=False
    )
    other = models.ForeignKey(
        Edition, on_delete=goes_with_its_article, related_name="related_to", db_constraint=False
    )
    score = models.PositiveIntegerField()

    class Meta:
        default_permissions = []
        constraints = [models.UniqueConstraint(fields=["edition", "other"], name="related_once")]

    def __str__(self):
        return f"{self.edition} → {self.other}"
