from services.ingest.domain.feeds.item import FeedItem, identify_items


def ids_of(*items: FeedItem) -> list[str]:
    return [name for name, _ in identify_items(items)]


def test_the_id_is_the_guid_else_the_link() -> None:
    assert ids_of(
        FeedItem(guid=" g\n1 ", link="https://a.example/1"), FeedItem(link="https://a.example/2")
    ) == ["g 1", "https://a.example/2"]


def test_an_item_without_either_is_its_content() -> None:
    [first], [again], [other] = (ids_of(FeedItem(title=title)) for title in ("a", "a", "b"))

    assert first == again != other


def test_what_is_repeated_counts_once() -> None:
    assert ids_of(FeedItem(guid="g", title="a"), FeedItem(guid="g", title="a")) == ["g"]


def test_items_that_share_a_guid_are_told_apart_by_link_and_title() -> None:
    one, two = FeedItem(guid="g", title="a"), FeedItem(guid="g", title="b")

    assert len({*ids_of(one, two), "g"}) == 3
    assert ids_of(one, two) == ids_of(two, one)[::-1]


def test_a_long_guid_is_hashed() -> None:
    assert ids_of(FeedItem(guid="g" * 512)) == ["g" * 512]
    assert len(ids_of(FeedItem(guid="g" * 513))[0]) == 32


def test_the_digest_is_of_what_an_editor_changes() -> None:
    item = FeedItem(guid="g", title="a", updated="1")

    assert item.digest == item.model_copy(update={"updated": "2"}).digest
    assert item.digest != item.model_copy(update={"title": "b"}).digest
