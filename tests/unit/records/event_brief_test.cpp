// The little of a journal record is what the whole of it says, however it is written.
#include "records/event_brief.hpp"

#include <gtest/gtest.h>

namespace tw {
namespace {

Event snapshot() {
    Event event;
    event.kind = EventKind::snapshot;
    event.number = 7;
    event.state = Trial{};
    event.state->id = "000042";
    event.state->state = TrialState::complete;
    event.state->run = "8f3a";
    event.state->k = 17;
    event.state->outcome = Outcome{};
    event.state->outcome->seq = 40;
    event.state->outcome->state = EndState::complete;
    event.state->outcome->reason = R"({"seq":1}, "run", ])";
    return event;
}

void expect_of_snapshot(const std::string& text, const std::string& run = "8f3a") {
    ASSERT_TRUE(read_event(text)) << text;
    const auto brief = read_event_brief(text);
    ASSERT_TRUE(brief) << text;
    EXPECT_EQ(brief->kind, EventKind::snapshot);
    EXPECT_EQ(brief->trial, "000042");
    EXPECT_EQ(brief->seq, 40);
    EXPECT_TRUE(brief->ended);
    EXPECT_EQ(brief->run, run);
    EXPECT_EQ(brief->k, 17);
}

std::string with(std::string text, const std::string& what, const std::string& instead) {
    const auto at = text.find(what);
    EXPECT_NE(at, text.npos) << what;
    return text.replace(at, what.size(), instead);
}

TEST(EventBrief, IsWhatTheWholeEventSays) {
    const std::string text = write_event(snapshot());
    expect_of_snapshot(text);
    expect_of_snapshot(with(text, R"("k":17)", R"("k":17.0)"));
    expect_of_snapshot(with(text, R"("seq":40)", R"("seq":4e1)"));
    expect_of_snapshot(with(text, R"("id":"000042")", R"("id":"\u003000042")"));
    expect_of_snapshot(with(text, R"("run":)", R"("\u0072un":)"));
    expect_of_snapshot(with(text, R"("run":"8f3a",)", " \"x\" : [1, {\"k\": 2}] ,\n \"run\" : \"8f3a\" , "));
    std::string last = with(text, R"("event":"snapshot",)", "");
    last.back() = ',';
    expect_of_snapshot(last + R"("event":"snapshot"})");
    Event event = snapshot();
    event.state->run = "a \"run\"\n";
    expect_of_snapshot(write_event(event), event.state->run);
}

TEST(EventBrief, OfAnEventThatSaysNoMoreTheRestIsNotRead) {
    const auto brief = read_event_brief(R"({"event":"settled","at":1.5,"trial":"000001","text":7)");
    ASSERT_TRUE(brief);
    EXPECT_EQ(brief->kind, EventKind::settled);
    EXPECT_EQ(brief->trial, "000001");
}

TEST(EventBrief, WhatIsNoEventHasNone) {
    for (auto* text : {"", "{", "[]", "7", R"({"trial":"000001"})", R"({"event":"unheard","trial":"000001"})",
                       R"({"event":"snapshot","trial":"000001","state":{"k":1)", R"({"event":"created)",
                       R"({"event":"concluded","outcome":{"seq":)"})
        EXPECT_FALSE(read_event_brief(text)) << text;
}

}  // namespace
}  // namespace tw
