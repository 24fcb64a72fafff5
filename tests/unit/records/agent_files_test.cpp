#include "records/agent_files.hpp"

#include <gmock/gmock.h>

#include "records/event_name.hpp"

namespace tw {
namespace {

TEST(AgentJobNames, say_whose_it_is_and_what_it_needs) {
    AgentJobName job{"000042", {2, "flow", 17, 3}, {}, Seconds(12.5)};
    job.resources.cpus = 4;
    job.resources.memory = (std::int64_t{3} << 20) + 1;
    job.resources.gpus = 1;
    job.resources.gpu_share = 250;
    job.resources.nodes = 2;
    job.resources.ranks = 8;
    job.resources.time = Seconds(59.2);
    EXPECT_EQ(job_file_name(job), "000042.2.flow.17.3.4.4.250.2.8.60.13");
    auto read = parse_job_file_name(job_file_name(job));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->trial, "000042");
    EXPECT_EQ(read->key, job.key);
    EXPECT_EQ(read->resources.memory, std::int64_t{4} << 20);
    EXPECT_EQ(read->resources.gpus, 1);
    EXPECT_EQ(read->resources.gpu_share, 250);
    EXPECT_EQ(read->resources.ranks, 8);
    EXPECT_EQ(read->resources.time, Seconds(60));
    EXPECT_EQ(read->grace, Seconds(13));
}

TEST(AgentJobNames, of_no_grammar_are_none) {
    EXPECT_TRUE(parse_job_file_name("000042.1.train.0.1.1.0.0.1.1.0.30"));
    for (auto* name : {"", "000042.1.train.0.1", "000042.1.train.0.1.0.0.0.1.1.0.30",
                       "000042.1.train.0.1.01.0.0.1.1.0.30", "000042.1.train.0.1.1.0.1500.1.1.0.30",
                       "000042.1.train.0.1.1.0.0.1.1.-1.30", "000042.1.train.0.1.1.0.0.1.1.0.30.tmp",
                       ".000042.1.train.0.1.1.0.0.1.1.0.30", "000042.1.train.0.1.1.0.0.1.1.0.99999999999999"})
        EXPECT_FALSE(parse_job_file_name(name)) << name;
}

TEST(AgentNotes, are_read_as_they_are_written) {
    AgentNote order{AgentNote::Kind::kill, 0, "000042", {1, "train", 0, 2}};
    EXPECT_EQ(agent_note_name(order), "kill.000042.1.train.0.2");
    for (auto* name : {"beat.17", "end.000042.1.train.0.2", "kill.@before.1.data.0.1", "drain", "left"}) {
        auto note = parse_agent_note(name);
        ASSERT_TRUE(note) << name;
        EXPECT_EQ(agent_note_name(*note), name);
    }
    for (auto* name :
         {"", "beat", "beat.", "beat.01", "end.000042", "drain.1", "agent.json", "kill.000042.1.train.0.x"})
        EXPECT_FALSE(parse_agent_note(name)) << name;
}

TEST(AgentIds, have_a_dot_and_no_temporary_name) {
    EXPECT_TRUE(is_agent_id("node-7.1a2b"));
    for (auto* name : {"queue", "node7", "node7.", ".ab", "a b.c", "node7.tmp", "a/b.c", "a.b~"})
        EXPECT_FALSE(is_agent_id(name)) << name;
}

TEST(Evictions, have_a_name_of_their_own) {
    SpoolEvent event{SpoolKind::evicted, "000042", {1, "train", 0, 2}, 0, false, "n1", "abc"};
    EXPECT_EQ(event_name(event), "e.000042.1.train.0.2.0.0.n1.abc");
    auto read = parse_event_name(event_name(event));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->kind, SpoolKind::evicted);
}

TEST(AgentDocuments, survive_a_turn) {
    AgentCard card{"n1",        "boot",
                   "anna",      7,
                   8,           Instant(Seconds(1764150000.5)),
                   Seconds(10), Instant(Seconds(1764150060)),
                   4,           1024,
                   2,           "slurm 7",
                   {{"n1", 3, 512, 2}, {"n2", 1, 512, 0}}};
    auto read = read_agent_card(write_agent_card(card), "agent.json");
    ASSERT_TRUE(read);
    EXPECT_EQ(write_agent_card(*read), write_agent_card(card));
    EXPECT_EQ(read->ends, card.ends);
    EXPECT_EQ(read->hosts, card.hosts);
    AgentJob job{"/e/trials/1", {"/bin/sh", "a b\n'"}, {"A=\"", "B="}, "/o", "/e", Seconds(90)};
    auto text = write_agent_job(job);
    ASSERT_TRUE(text);
    auto again = read_agent_job(*text, "job");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->argv, job.argv);
    EXPECT_EQ(again->environment, job.environment);
    EXPECT_EQ(again->silence, job.silence);
    job.argv.push_back("\xff");
    EXPECT_EQ(write_agent_job(job).error().code, Code::invalid);
}

}  // namespace
}  // namespace tw
