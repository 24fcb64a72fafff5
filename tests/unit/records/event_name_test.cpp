#include "records/event_name.hpp"

#include <gtest/gtest.h>

namespace tw {
namespace {

SpoolEvent sample(SpoolKind kind) {
    SpoolEvent event;
    event.kind = kind;
    event.trial = "000042";
    event.key = {2, "flow", 17, 3};
    event.rc = 137;
    event.marker = true;
    event.host = "node-7.cluster.example.org";
    event.nonce = "1a2B3c";
    return event;
}

TEST(EventNames, Spelling) {
    EXPECT_EQ(event_name(sample(SpoolKind::exit)),
              "x.000042.2.flow.17.3.137.1.node-7.cluster.example.org.1a2B3c");
    EXPECT_EQ(event_name(sample(SpoolKind::bell)), "r.000042.1a2B3c");
}

TEST(EventNames, RoundTrip) {
    for (SpoolKind kind : {SpoolKind::exit, SpoolKind::blocked, SpoolKind::timeout, SpoolKind::infra}) {
        const SpoolEvent event = sample(kind);
        const auto read = parse_event_name(event_name(event));
        ASSERT_TRUE(read);
        EXPECT_EQ(read->kind, kind);
        EXPECT_EQ(read->trial, event.trial);
        EXPECT_EQ(read->key, event.key);
        EXPECT_EQ(read->rc, event.rc);
        EXPECT_EQ(read->marker, event.marker);
        EXPECT_EQ(read->host, event.host);
        EXPECT_EQ(read->nonce, event.nonce);
    }
    const auto bell = parse_event_name("r.@before.n1");
    ASSERT_TRUE(bell);
    EXPECT_EQ(bell->trial, "@before");
}

TEST(EventNames, HostsAreMadeFitForAName) {
    SpoolEvent event = sample(SpoolKind::exit);
    event.host = "a/b c\n";
    EXPECT_EQ(parse_event_name(event_name(event)).value().host, "a-b-c-");
    event.host = std::string(300, 'h');
    EXPECT_LE(event_name(event).size(), 255u);
    event.host.clear();
    EXPECT_EQ(parse_event_name(event_name(event)).value().host, "");
}

TEST(EventNames, Refuse) {
    for (const char* name :
         {"", ".", "x", "x.000042", "y.000042.1.flow.0.1.0.1.host.n", "x.42.1.flow.0.1.0.1.host.n",
          "x.000042.1.flow.0.1.0.2.host.n", "x.000042.1.flow.0.1.-1.1.host.n",
          "x.000042.1.flow.0.1.0.1.host.", "x.000042.1.flow.0.1.0.1.n", "x.000042.1.Flow.0.1.0.1.host.n",
          "x.000042.1.flow.0.0.0.1.host.n", "x.@other.1.flow.0.1.0.1.host.n", "r.000042", "r.000042.n.n",
          "r.000042.n~", "xx.000042.1.flow.0.1.0.1.host.n", "x.000042.1.flow.0.1.99999999999.1.host.n"})
        EXPECT_FALSE(parse_event_name(name)) << name;
}

TEST(Spool, Shards) {
    EXPECT_EQ(spool_shard("000042"), "10");
    EXPECT_EQ(spool_shard("000000"), "00");
    EXPECT_EQ(spool_shard("000099"), "03");
    EXPECT_EQ(spool_shard("000115"), "15");
    EXPECT_EQ(spool_shard("best-run-42"), "00");
    EXPECT_EQ(spool_shard("@before"), "00");
}

TEST(Names, Temporary) {
    for (const char* name : {"", ".", "..", ".nfs0001", ".config.json.x7", "config.json~", "a.tmp"})
        EXPECT_TRUE(is_temporary(name)) << name;
    for (const char* name : {"config.json", "tmp", "a.tmp.json", "000042"})
        EXPECT_FALSE(is_temporary(name)) << name;
}

TEST(Claims, Parse) {
    const auto claim = parse_claim("node7 0123-abc 4711 998877 n0nce\n");
    ASSERT_TRUE(claim);
    EXPECT_EQ(claim->host, "node7");
    EXPECT_EQ(claim->boot_id, "0123-abc");
    EXPECT_EQ(claim->pid, 4711);
    EXPECT_EQ(claim->start_time, 998877);
    EXPECT_EQ(claim->nonce, "n0nce");
    EXPECT_FALSE(claim->voided);
    EXPECT_TRUE(parse_claim("void\n").value().voided);
}

TEST(Claims, UnfinishedIsNotWrong) {
    const std::string whole = "node7 0123-abc 4711 998877 n0nce\n";
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_EQ(parse_claim(whole.substr(0, size)).error().code, Code::not_yet);
    for (const char* text :
         {"\n", "void \n", "a b c d e\n", "a b 1 2\n", "a b 1 2 n x\n", "a b -1 2 n\n", "\nvoid\n"})
        EXPECT_EQ(parse_claim(text).error().code, Code::invalid) << text;
}

}  // namespace
}  // namespace tw
