#include "app/agent/host_words.hpp"

#include <gmock/gmock.h>

namespace tw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

AgentJobName job() {
    return {"000042", {1, "flow", 3, 1}, {}, Seconds(30)};
}

TEST(HostOrders, are_read_as_they_are_written) {
    HostOrder order{HostOrder::Kind::start,
                    job(),
                    {"/e", {"/bin/sh", "a b\nc"}, {"A=1 2"}, "/o", "/o", Seconds(5), {0, 1, 5}},
                    "",
                    {}};
    std::string text = host_order_text(order);
    EXPECT_EQ(text.find('\n'), std::string::npos);
    auto read = parse_host_order(text);
    ASSERT_TRUE(read);
    EXPECT_THAT(read->content.cpus, ElementsAre(0, 1, 5));
    EXPECT_EQ(read->content.argv, order.content.argv);
    EXPECT_EQ(read->content.environment, order.content.environment);
    for (auto kind : {HostOrder::Kind::terminate, HostOrder::Kind::kill}) {
        auto end = parse_host_order(host_order_text({kind, job(), {}, "", {}}));
        ASSERT_TRUE(end);
        EXPECT_EQ(end->kind, kind);
        EXPECT_EQ(end->job.key, job().key);
    }
    order.kind = HostOrder::Kind::adopt;
    order.wrapper = {"b-1", {77, 5}};
    EXPECT_EQ(parse_host_order(host_order_text(order))->wrapper, order.wrapper);
    EXPECT_EQ(parse_host_order("sweep A=b")->mark, "A=b");
    for (auto* wrong :
         {"", "start", "start x - {}", "start 000042.1.flow.3.1.1.0.0.1.1.0.30 - {}", "end x", "go x"})
        EXPECT_FALSE(parse_host_order(wrong)) << wrong;
    const std::string adopt = "adopt " + job_file_name(job());
    EXPECT_TRUE(parse_host_order(adopt + " b:7:5"));
    for (auto* wrong : {"", " ", " b:7", " b:x:5", " b:7:5 x"})
        EXPECT_FALSE(parse_host_order(adopt + wrong)) << wrong;
}

// A login shell may have something to say too.
TEST(HostWords, are_told_from_other_output) {
    HostWord here;
    here.size = {"", 4, 1024, {"0", "1"}, {{0, 0, 0}, {1, 0, 1}}};
    auto read = parse_host_word(host_word_text(here));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->size.cpus, 4);
    EXPECT_THAT(read->size.gpus, ElementsAre("0", "1"));
    EXPECT_EQ(read->size.places, here.size.places);
    HostWord over;
    over.kind = HostWord::Kind::over;
    over.job = {"000042", job().key};
    EXPECT_EQ(parse_host_word(host_word_text(over))->job, over.job);
    HostWord begun = over;
    begun.kind = HostWord::Kind::begun;
    begun.wrapper = {"b-1", {77, 5}};
    EXPECT_EQ(parse_host_word(host_word_text(begun))->wrapper, begun.wrapper);
    EXPECT_EQ(parse_host_word("trialwatch: swept A=b")->mark, "A=b");
    for (auto* wrong : {"", "Welcome to n2", "trialwatch: over 000042 x", "trialwatch: here 0 0 - -",
                        "trialwatch: here", "trialwatch: begun 000042 1.flow.3.1"})
        EXPECT_FALSE(parse_host_word(wrong)) << wrong;
}

TEST(CpuLists, are_read_as_they_are_written) {
    EXPECT_EQ(cpu_list({0, 1, 2, 5, 7, 8}), "0-2,5,7-8");
    EXPECT_THAT(read_cpu_list("0-2,5,7-8"), ElementsAre(0, 1, 2, 5, 7, 8));
    EXPECT_EQ(cpu_list({}), "-");
    EXPECT_THAT(read_cpu_list("-"), IsEmpty());
    for (auto* wrong : {"x", "3-1", "1-2-3", "0-99999999"})
        EXPECT_THAT(read_cpu_list(wrong), IsEmpty()) << wrong;
}

}  // namespace
}  // namespace tw
