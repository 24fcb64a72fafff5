// What is long, numerous or strange and once was taken for something else, or took the memory.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>

#include "records/documents.hpp"
#include "records/event.hpp"
#include "records/event_name.hpp"

namespace tw {
namespace {

TEST(Limits, TextsAreNoNumbersWhateverTheyBeginWith) {
    const auto result = read_result(R"({"a": "\u0001NaN", "b": "\u0001", "cost": NaN, "z": 0.0E-0001})", "f");
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->others.size(), 2u);
    EXPECT_TRUE(std::isnan(result->values.at("cost")));
    EXPECT_EQ(result->values.at("z"), 0);
    EXPECT_FALSE(read_result("{NaN: 1}", "f"));
}

TEST(Limits, AnOutcomeOfTheLongestResultCanBeRead) {
    Outcome outcome;
    outcome.seq = 1;
    outcome.state = EndState::complete;
    std::string text = "{\"cost\":1";
    for (int i = 0; text.size() + 12 < document_limit; ++i) text += fmt::format(",\"{}\":1e15", i);
    const auto result = read_result(text + "}", "f");
    ASSERT_TRUE(result) << result.error().text();
    outcome.values = result->values;
    const std::string written = write_outcome(outcome);
    EXPECT_GT(std::ssize(written), document_limit);
    const auto again = read_outcome(written, "f");
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(again->values, outcome.values);
}

TEST(Limits, MistakesDoNotFillTheMemory) {
    const std::string name(500000, 'n');
    std::string twice = "{\"" + name + "\":{\"a\":1",
                unknown = R"({"format":1,"space":{")" + name + "\":{\"a\":1";
    for (int i = 0; i < 40000; ++i) twice += ",\"a\":1";
    for (int i = 0; i < 40000; ++i) unknown += fmt::format(",\"b{}\":1", i);
    EXPECT_FALSE(read_config(twice + "}}", "f"));
    const auto experiment = read_experiment(unknown + "}}}", "f");
    ASSERT_FALSE(experiment);
    std::size_t bytes = 0;
    for (const Error& error : experiment.error()) {
        EXPECT_LT(error.text().size(), 4000u);
        bytes += error.pointer.size();
    }
    EXPECT_LT(bytes, std::size_t{20} << 20);
}

TEST(Limits, StagesAndParameters) {
    std::string stages = R"({"format":1,"stages":[)", space = R"({"format":1,"space":{)";
    for (int i = 0; i < 1001; ++i) {
        stages += fmt::format(R"({}{{"name":"s{}","command":["a"]}})", i ? "," : "", i);
        space += fmt::format(R"({}"p{}":{{"type":"fixed","value":1}})", i ? "," : "", i);
    }
    const auto many_stages = read_experiment(stages + "]}", "f"), many = read_experiment(space + "}}", "f");
    ASSERT_FALSE(many_stages);
    EXPECT_EQ(many_stages.error()[0].what, "more than 1000 stages");
    ASSERT_FALSE(many);
    EXPECT_EQ(many.error()[0].what, "more than 1000 parameters");
}

TEST(Limits, NumbersOfTheJournalAreWholeOrRefused) {
    for (const char* field : {"\"task\":1e300", "\"attempt\":1.5", "\"rc\":4294967297", "\"task\":-1",
                              "\"attempt\":9223372036854775807", "\"number\":18446744073709551615"}) {
        const std::string text = fmt::format(R"({{"event":"ok","at":1.0,"trial":"000001",{}}})", field);
        EXPECT_FALSE(read_event(text)) << text;
    }
    EXPECT_FALSE(read_event(
        R"({"event":"concluded","at":1,"outcome":{"seq":1,"state":"failed","failed_tasks":{"a":[1e300]}}})"));
    EXPECT_FALSE(read_event(
        R"({"event":"snapshot","at":1,"state":{"id":"000001","state":"waiting","stages":{"a":1}}})"));
}

TEST(Limits, ATimeThatIsNoneCanStillBeRead) {
    Event event{EventKind::settled, Instant(Seconds(INFINITY))};
    event.outcome = Outcome{};
    event.outcome->seconds = NAN;
    const auto again = read_event(write_event(event));
    EXPECT_TRUE(again) << again.error().text();
}

TEST(Limits, NamesAreWrittenInOneWay) {
    EXPECT_TRUE(parse_event_name("x.000042.1.train.0.1.7.1.n1.a"));
    EXPECT_FALSE(parse_event_name("x.000042.1.train.0.1.007.1.n1.a"));
    EXPECT_FALSE(parse_event_name("x.000042.1.train.0.1.7.1.n 1.a"));
    EXPECT_FALSE(parse_event_name("x.000042.1.train.0.1.7.1." + std::string(65, 'n') + ".a"));
    EXPECT_FALSE(parse_event_name("x.000042.1.train.0.1.7.1.n1.tmp"));  // would be passed over as temporary
    EXPECT_FALSE(parse_claim("n1 b 01 2 a\n"));
    EXPECT_FALSE(parse_claim("n1\nb b 1 2 a\n"));
}

}  // namespace
}  // namespace tw
