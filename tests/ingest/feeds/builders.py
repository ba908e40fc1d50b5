"""Feeds as servers send them."""

URL = "https://news.example/rss/feed.xml"
RSS = """<rss version="2.0" xmlns:gdacs="http://www.gdacs.org" xmlns:georss="http://www.georss.org/georss"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>News</title>
<language>ar</language><item><guid isPermaLink="false">g1</guid><title>Rockets &amp; drones</title>
<link>/story/1</link><description>Short.</description><content:encoded>&lt;p&gt;Long.&lt;/p&gt;
</content:encoded><author>Desk</author><category>Iraq</category><category>War</category>
<pubDate>Thu, 26 Nov 2026 08:00:00 +0300</pubDate><gdacs:alertlevel>Red</gdacs:alertlevel>
<georss:point>33.3 44.4</georss:point></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>News</title><entry>
<id>urn:1</id><title>Rockets</title><link href="https://news.example/1"/><updated>2026-11-26T09:00:00Z
</updated><published>2026-11-26T08:00:00Z</published><author><name>A</name></author>
<summary type="text">Short.</summary></entry></feed>"""
