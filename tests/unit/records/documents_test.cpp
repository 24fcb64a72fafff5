#include "records/documents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace tw {
namespace {

using std::int64_t;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Config, RoundTrip) {
    Config config;
    config.params = {{"lr", 0.1 + 0.2}, {"layers", int64_t{3}}, {"whole", 1.0},
                     {"flag", true},    {"none", nullptr},      {"name", std::string("a \"b\" \xC3\xA9\n")},
                     {"tiny", 5e-324},  {"big", INT64_MIN}};
    config.proposal = {"run1", 7, 12, UINT64_MAX, 27.0, "000003", "sobol", 2};
    const auto read = read_config(write_config(config), "config.json");
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->params, config.params);
    EXPECT_EQ(read->proposal.run, "run1");
    EXPECT_EQ(read->proposal.k, 7);
    EXPECT_EQ(read->proposal.seen, 12);
    EXPECT_EQ(read->proposal.seed, UINT64_MAX);
    EXPECT_EQ(read->proposal.budget, 27.0);
    EXPECT_EQ(read->proposal.parent, "000003");
    EXPECT_EQ(read->proposal.sampler, "sobol");
    EXPECT_EQ(read->proposal.revision, 2);
}

TEST(Config, Spelling) {
    Config config;
    config.params = {{"lr", 0.01}, {"layers", int64_t{3}}, {"bad", NAN}, {"_own", true}};
    EXPECT_EQ(write_config(config), "{\"layers\":3,\"lr\":0.01}\n");
    config.proposal.run = "r";
    config.proposal.k = 0;
    EXPECT_EQ(write_config(config), "{\"layers\":3,\"lr\":0.01,\"_trial\":{\"run\":\"r\",\"k\":0}}\n");
    config.params["broken"] = std::string("\xFF");
    EXPECT_TRUE(read_config(write_config(config), "config.json"));
}

TEST(Config, WhatIsNoParameterIsLeftToTheJob) {
    const auto config = read_config(
        R"({"a": 1, "b": [1], "c": {"d": 2}, "_mine": 3, "_trial": {"later": 1}})", "config.json");
    ASSERT_TRUE(config);
    EXPECT_EQ(config->params, (Params{{"a", int64_t{1}}}));
    EXPECT_THAT(config->other, ElementsAre("b", "c"));
    EXPECT_EQ(config->proposal.k, -1);
    EXPECT_EQ(read_config(R"({"n": 18446744073709551615})", "")->params.at("n"),
              Scalar(18446744073709551615.0));
}

TEST(Config, Mistakes) {
    const std::pair<const char*, const char*> cases[] = {
        {"[]", "must be an object, not a list"},
        {"{\"a\": NaN}", "not valid JSON"},
        {"{\"a\": Infinity}", "not valid JSON"},
        {"{\"a\": 1, \"a\": 2}", "/a: the key is there twice"},
        {"{\"\": 1}", "needs a name"},
        {"{\"a\": \"b\\u0000c\"}", "zero byte"},
        {"{\"_trial\": 3}", "/_trial: must be an object"},
        {"{\"_trial\": {\"k\": \"x\"}}", "/_trial/k: 'k' must be a whole number"},
        {"{\"_trial\": {\"seed\": -1}}", "/_trial/seed"},
        {"{\"a\": 1} x", "not valid JSON"},
        {"// no comments here\n{}", "not valid JSON"},
        {"{\"a\": \"\xFF\"}", "not valid JSON"},
    };
    for (const auto& [text, words] : cases) {
        const auto config = read_config(text, "config.json");
        ASSERT_FALSE(config) << text;
        EXPECT_EQ(config.error().code, Code::invalid) << text;
        EXPECT_THAT(config.error().text(), HasSubstr(words)) << text;
        EXPECT_THAT(config.error().text(), testing::StartsWith("config.json:")) << text;
    }
}

TEST(Results, NumbersAreTaken) {
    const auto result = read_result(
        R"( {"cost": 1.5, "n": 3, "note": "NaN", "more": {"cost": 7}, "ok": true, "none": null} )", "r");
    ASSERT_TRUE(result);
    EXPECT_EQ(result->values, (std::map<std::string, double>{{"cost", 1.5}, {"n", 3}}));
}

TEST(Results, AsPythonWritesThem) {
    const auto result = read_result(
        "{\"a\": NaN, \"b\":Infinity,\"c\": -Infinity, \"NaN\": 1, \"d\": \"x\\\" NaN, \\\\\"}", "r");
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_TRUE(std::isnan(result->values.at("a")));
    EXPECT_EQ(result->values.at("b"), INFINITY);
    EXPECT_EQ(result->values.at("c"), -INFINITY);
    EXPECT_EQ(result->values.at("NaN"), 1);
    EXPECT_EQ(result->values.size(), 4u);
}

TEST(Results, HalfADocumentIsNotYet) {
    for (const char* text :
         {"", " \n\t", "{", "{\"cost", "{\"cost\"", "{\"cost\": ", "{\"cost\": -", "{\"cost\": 1",
          "{\"cost\": 1.", "{\"cost\": 1e", "{\"cost\": Na", "{\"cost\": NaN", "{\"cost\": -Infini",
          "{\"cost\": tru", "{\"a\": \"\\u00", "{\"a\": [[", "{\"a\": \"\xE2\x82", "\xEF\xBB"})
        EXPECT_EQ(read_result(text, "r").error().code, Code::not_yet) << text;
    EXPECT_EQ(read_result(std::string("{\"cost\": 1.\0\0\0\0", 15), "r").error().code, Code::not_yet);
    EXPECT_EQ(read_result(std::string("\0\0\0\0", 4), "r").error().code, Code::not_yet);
}

TEST(Results, WrongDocuments) {
    for (const char* text :
         {"[1]", "1.5", "\"cost\"", "null", "{\"cost\" 1}", "{\"cost\": 1}}", "{\"cost\": nan}",
          "{\"cost\": -NaN}", "{\"cost\": NaNo}", "{\"cost\": 1, \"cost\": 2}", "{'cost': 1}",
          "{\"cost\": 1e999}", "cost=1", "{\"cost\": 01}", "{NaN: 1}"})
        EXPECT_EQ(read_result(text, "r").error().code, Code::invalid) << text;
    EXPECT_EQ(read_result(std::string("{\"a\": 1\0 }", 10), "r").error().code, Code::invalid);
    const auto two_lines = read_result("{\"a\": NaN,\n\"b\" 2}", "r.json");
    EXPECT_EQ(two_lines.error().line, 2);
}

TEST(Results, BombsAndHugeFiles) {
    const std::string deep = "{\"a\":" + std::string(500000, '[');
    EXPECT_EQ(read_result(deep, "r").error().code, Code::invalid);
    EXPECT_THAT(read_result(deep, "r").error().what, HasSubstr("levels deep"));
    EXPECT_THAT(read_result(std::string(document_limit + 1, ' '), "r").error().what,
                HasSubstr("longer than"));
    std::string many = "{";
    for (int i = 0; i < 60000; ++i) many += "\"k" + std::to_string(i) + "\":" + std::to_string(i) + ",";
    many.back() = '}';
    EXPECT_EQ(read_result(many, "r")->values.size(), 60000u);
}

TEST(Results, Judge) {
    const std::vector<Objective> objectives{{"cost"}, {"gain", Direction::maximize}};
    EXPECT_TRUE(judge_result({{{"cost", 1}, {"gain", 2}, {"other", NAN}}}, objectives));
    EXPECT_THAT(judge_result({{{"cost", 1}, {"gian", 2}}}, objectives).error().text(),
                HasSubstr("no number 'gain' (did you mean 'gian'?)"));
    EXPECT_THAT(judge_result({{{"cost", NAN}, {"gain", 2}}}, objectives).error().text(),
                HasSubstr("'cost' is nan"));
    EXPECT_THAT(judge_result({{{"cost", 1}, {"gain", -INFINITY}}}, objectives).error().text(),
                HasSubstr("'gain' is -inf"));
    EXPECT_THAT(judge_result({}, objectives).error().text(), HasSubstr("no numbers"));
    EXPECT_THAT(judge_result(read_result(R"({"cost": "1"})", "r").value(), objectives).error().text(),
                HasSubstr("'cost' is a string, not a number"));
}

TEST(Outcomes, SpellingAndRoundTrip) {
    Outcome outcome{7,
                    EndState::failed,
                    {{"cost", 0.1}, {"bad", NAN}},
                    "exit 3",
                    "exit",
                    "flow",
                    {{"flow", {3, 17}}},
                    19,
                    12.5,
                    Instant(Seconds(1700000000.25)),
                    "alice"};
    const std::string text = write_outcome(outcome);
    EXPECT_EQ(text, R"({
  "format": 1,
  "seq": 7,
  "state": "failed",
  "reason": "exit 3",
  "kind": "exit",
  "stage": "flow",
  "values": {
    "cost": 0.1
  },
  "failed_tasks": {
    "flow": [
      3,
      17
    ]
  },
  "attempts": 19,
  "seconds": 12.5,
  "ended": "2023-11-14T22:13:20.250Z",
  "by": "alice"
}
)");
    const auto read = read_outcome(text, "outcome.json");
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->failed_tasks, outcome.failed_tasks);
    EXPECT_EQ(read->ended, outcome.ended);
    EXPECT_EQ(write_outcome(*read), text);
}

TEST(Outcomes, States) {
    for (EndState state : {EndState::complete, EndState::pruned, EndState::failed, EndState::killed}) {
        EXPECT_EQ(end_state_from(to_string(state)), state);
        EXPECT_EQ(read_outcome(write_outcome({1, state}), "")->state, state);
    }
    EXPECT_EQ(end_state_from("done"), std::nullopt);
}

TEST(Outcomes, Mistakes) {
    EXPECT_EQ(read_outcome(R"({"format": 2, "seq": "?"})", "o").error().code, Code::newer_version);
    for (const char* text :
         {"[]", "{}", R"({"format": 0, "seq": 1, "state": "failed"})", R"({"format": 1, "state": "failed"})",
          R"({"format": 1, "seq": 1})", R"({"format": 1, "seq": 1, "state": "ok"})",
          R"({"format": 1, "seq": 1, "state": "failed", "values": [1]})",
          R"({"format": 1, "seq": 1, "state": "failed", "values": {"a": "1"}})",
          R"({"format": 1, "seq": 1, "state": "failed", "failed_tasks": {"a": [1.5]}})",
          R"({"format": 1, "seq": 1, "state": "failed", "ended": "today"})",
          R"({"format": 1, "seq": 1, "state": "failed", "seconds": -1})"})
        EXPECT_EQ(read_outcome(text, "o").error().code, Code::invalid) << text;
    EXPECT_TRUE(read_outcome(R"({"format": 1, "seq": 1, "state": "failed", "later": 1})", "o"));
}

TEST(Metrics, WholeLinesOnly) {
    const std::string text =
        "{\"step\":1,\"loss\":0.5}\n\nnot json\n{\"loss\":1}\r\n{\"step\": 2.0, \"loss\": NaN, \"note\": "
        "\"x\"}\r\n{\"step\":3,";
    const MetricLines read = read_metrics(text);
    EXPECT_EQ(read.skipped, 2);
    EXPECT_EQ(read.consumed, text.rfind('\n') + 1);
    ASSERT_EQ(read.lines.size(), 2u);
    EXPECT_EQ(read.lines[0].step, 1);
    EXPECT_EQ(read.lines[0].values.at("loss"), 0.5);
    EXPECT_EQ(read.lines[1].step, 2);
    EXPECT_TRUE(std::isnan(read.lines[1].values.at("loss")));
    EXPECT_EQ(read.lines[1].values.size(), 1u);
}

TEST(Metrics, BadLinesDoNoHarm) {
    for (const char* line : {"{\"step\":-1}", "{\"step\":1.5}", "{\"step\":\"1\"}", "[]", "{\"step\":1",
                             "{\"step\":1,\"step\":2}", "\xFF"}) {
        const MetricLines read = read_metrics(std::string(line) + "\n{\"step\":9}\n");
        EXPECT_EQ(read.skipped, 1) << line;
        ASSERT_EQ(read.lines.size(), 1u) << line;
        EXPECT_EQ(read.lines[0].step, 9);
    }
}

TEST(Metrics, Write) {
    EXPECT_EQ(write_metric({3, {{"loss", 0.41}, {"bad", NAN}, {"step", 1}}}), "{\"step\":3,\"loss\":0.41}\n");
}

TEST(Requests, AnythingIsARequest) {
    for (const char* text : {"", "\n", "please", "[]", "{\"by\": 3}", "{\"by\""}) {
        EXPECT_EQ(read_request(text).by, "");
        EXPECT_EQ(read_request(text).reason, "");
    }
    const Request request = read_request(write_request({"pruner", "no \"hope\""}));
    EXPECT_EQ(request.by, "pruner");
    EXPECT_EQ(request.reason, "no \"hope\"");
    EXPECT_EQ(write_request({}), "{}\n");
    EXPECT_TRUE(parse_request(" ", "stop"));
    EXPECT_THAT(parse_request("{\"by\": 3}", "stop").error().text(), HasSubstr("stop:1: /by"));
}

TEST(Identities, RoundTrip) {
    const Identity identity{"0123456789abcdef", "/data/my exp", UINT64_MAX};
    EXPECT_EQ(write_identity(identity),
              "{\"format\":1,\"id\":\"0123456789abcdef\",\"path\":\"/data/my "
              "exp\",\"inode\":18446744073709551615}\n");
    const auto read = read_identity(write_identity(identity), "id");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->id, identity.id);
    EXPECT_EQ(read->path, identity.path);
    EXPECT_EQ(read->inode, identity.inode);
}

TEST(Identities, Mistakes) {
    EXPECT_EQ(read_identity(R"({"format": 2})", "id").error().code, Code::newer_version);
    for (const char* text : {"{}", R"({"format":1,"id":"0123456789abcdeF","path":"/a","inode":1})",
                             R"({"format":1,"id":"0123456789abcdef","path":"","inode":1})",
                             R"({"format":1,"id":"0123456789abcdef","path":"/a"})",
                             R"({"format":1,"id":"0123456789abcdef","path":"/a","inode":-1})"})
        EXPECT_EQ(read_identity(text, "id").error().code, Code::invalid) << text;
}

}  // namespace
}  // namespace tw
