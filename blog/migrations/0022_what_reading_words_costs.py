from django.db import migrations

from blog.models.search import VECTOR

COLUMNS = ["title", "headings", "themes", "words", "labels"]

# With its price: about what 20 simple operators take. Not in SQL, which would be put in its place
# in a query, without the price.
FUNCTION = f"""
CREATE FUNCTION blog_searchwords(words text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 20
AS $$ BEGIN RETURN {VECTOR % "words"}; END $$
"""


def index_by(schema_editor, vector):
    for name in COLUMNS:
        schema_editor.execute(f"DROP INDEX blog_searchentry_{name}")
        schema_editor.execute(
            f"CREATE INDEX blog_searchentry_{name} ON blog_searchentry "
            f"USING gin (({vector % name})) WITH (fastupdate = off)"
        )
    # What is known of how often each word comes goes with the index.
    schema_editor.execute("ANALYZE blog_searchentry")


def with_a_price(apps, schema_editor):
    """Without one, PostgreSQL takes the words of an entry to cost nothing, and rather reads those
    of all entries than the index for a word that is in every fourth."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)
        index_by(schema_editor, "blog_searchwords(%s)")


def without(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        index_by(schema_editor, VECTOR)
        schema_editor.execute("DROP FUNCTION blog_searchwords(text)")


class Migration(migrations.Migration):
    dependencies = [("blog", "0021_search_and_related")]

    operations = [migrations.RunPython(with_a_price, without)]
