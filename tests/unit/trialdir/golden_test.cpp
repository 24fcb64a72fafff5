// Files of earlier releases are read for ever. tests/golden/1 was written by the first; it is never
// written anew, only added to (TRIALWATCH_WRITE_GOLDEN=1 makes what is missing).
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "records/event_name.hpp"
#include "records/goal.hpp"
#include "unit/trialdir/segments.hpp"

namespace tw::test {
namespace {

std::string golden(const std::string& name, const std::string& wanted = {}) {
    std::string path = std::string(SOURCE_DIR) + "/tests/golden/1/" + name;
    std::ifstream in(path, std::ios::binary);
    if (!in && std::getenv("TRIALWATCH_WRITE_GOLDEN")) {
        std::ofstream(path, std::ios::binary) << wanted;
        return wanted;
    }
    EXPECT_TRUE(in) << path;
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

// Read, compared with what it must mean, and written again: the same bytes.
void expect_golden(const std::string& name, const std::string& wanted) {
    EXPECT_EQ(golden(name, wanted), wanted) << name;
}

Trial golden_trial() {
    Trial trial;
    trial.id = "000042";
    trial.incarnation = 2;
    trial.revision = 1;
    trial.inode = 1234567;
    trial.config_hash = "5c2a0f";
    trial.run = "r1";
    trial.k = 41;
    trial.created = at(1.5);
    trial.state = TrialState::closing;
    trial.verdict = Verdict{EndState::pruned, "request", "stopped", "", "anna"};
    trial.closing_since = at(90);
    trial.quarantine = true;
    trial.starts = 3;
    trial.first_start = at(10.25);
    Task running{TaskState::running, 2, 1, 0, at(20), {}, 1, "exit status 1", "exit", "n1", "4711"};
    Task backoff{TaskState::backoff, 3, 0, 2, {}, at(99), 75, "the gate was closed", "infra", "n2", ""};
    trial.stages = {
        {"train", StageState::open, false, true, true, {}, false, {running}},
        {"flow", StageState::open, true, false, false, {"flows/1.json", "flows/ü.json"}, true, {{}, backoff}},
        {"metric"}};
    return trial;
}

Outcome golden_outcome() {
    Outcome outcome{
        7, EndState::failed, {{"cost", 0.1}}, "exit status 3", "exit", "flow", {{"flow", {2, 5}}}, 9, 61.5};
    outcome.ended = at(100.25);
    outcome.by = "anna";
    return outcome;
}

Event golden_event(EventKind kind) {
    Event event{kind, at(static_cast<double>(kind) + 0.5)};
    switch (kind) {
        case EventKind::revision: return revision_event();
        case EventKind::resumed:
        case EventKind::released: return event;
        case EventKind::paused:
            event.text = "5 trials in a row failed alike";
            event.flag = true;
            return event;
        case EventKind::snapshot:
            event.number = 7;
            event.state = golden_trial();
            return event;
        default: break;
    }
    event.trial = "000042";
    if (kind <= EventKind::marker) event.stage = "flow";
    if (kind <= EventKind::voided) event.task = 2, event.attempt = 3, event.host = "n1";
    if (kind == EventKind::accepted) event.text = "4711.2";
    if (kind == EventKind::failed) event.rc = 3, event.text = "exit status 3", event.started = at(2);
    if (kind == EventKind::lost || kind == EventKind::stop) event.flag = true;
    if (kind == EventKind::frozen) event.list = {"flows/1.json", "flows/ü.json"};
    if (kind == EventKind::broken) event.text = "run_flow.cmd:3: no such macro";
    if (kind == EventKind::moved) event.number = 1234568;
    if (kind == EventKind::retry) event.number = 2;
    if (kind >= EventKind::stop && kind <= EventKind::retry) event.text = "anna";
    if (kind == EventKind::concluded) event.outcome = golden_outcome();
    if (kind == EventKind::created) event.state = golden_trial();
    return event;
}

Owner golden_owner() {
    Owner owner = owner_called("login2", 4711);
    owner.epoch = 3;
    owner.sealed = 12345;
    return owner;
}

TEST(Golden, JournalSegmentWithEveryEvent) {
    std::string bytes = "trialwatch journal 1\n" + frame(write_owner(golden_owner()));
    for (int i = 0; i < event_kinds; ++i)
        bytes += frame(write_event(golden_event(static_cast<EventKind>(i))));
    std::string kept = golden("journal-0000000001", bytes);
    auto segment = read_segment(kept, "journal-0000000001");
    ASSERT_TRUE(segment) << segment.error().text();
    EXPECT_FALSE(segment->torn);
    EXPECT_EQ(write_owner(segment->owner), write_owner(golden_owner()));
    ASSERT_EQ(segment->events.size(), static_cast<std::size_t>(event_kinds));
    for (int i = 0; i < event_kinds; ++i) {
        const Event& event = segment->events[static_cast<std::size_t>(i)];
        EXPECT_EQ(event.kind, static_cast<EventKind>(i));
        EXPECT_EQ(write_event(event), write_event(golden_event(event.kind)));
    }
    EXPECT_EQ(kept, bytes);
}

TEST(Golden, Owner) {
    std::string text = golden("owner.json", write_owner(golden_owner()) + "\n");
    auto owner = read_owner(text, "owner.json");
    ASSERT_TRUE(owner);
    EXPECT_EQ(owner->host + owner->boot_id + owner->user, "login2boot-1anna");
    EXPECT_EQ(owner->epoch, 3);
    EXPECT_EQ(owner->sealed, 12345);
    EXPECT_EQ(owner->pid, 4711);
    EXPECT_EQ(owner->start_time, 5000);
    EXPECT_EQ(owner->since, at(0));
    expect_golden("owner.json", write_owner(*owner) + "\n");
}

TEST(Golden, IdentityFile) {
    Identity wanted{"0123456789abcdef", "/home/anna/power flow/ü", 18446744073709551615u};
    std::string text = golden("identity.json", write_identity(wanted));
    auto identity = read_identity(text, "identity.json");
    ASSERT_TRUE(identity) << identity.error().text();
    EXPECT_EQ(identity->id, wanted.id);
    EXPECT_EQ(identity->path, wanted.path);
    EXPECT_EQ(identity->inode, wanted.inode);
    expect_golden("identity.json", write_identity(*identity));
}

TEST(Golden, GoalFile) {
    std::string text = golden("goal.json", write_goal({17, 13}));
    auto goal = read_goal(text, "goal.json");
    ASSERT_TRUE(goal) << goal.error().text();
    EXPECT_EQ(goal->trials, 17);
    EXPECT_EQ(goal->declared, 13);
    expect_golden("goal.json", write_goal(*goal));
}

TEST(Golden, OutcomeFile) {
    std::string text = golden("outcome.json", write_outcome(golden_outcome()));
    auto outcome = read_outcome(text, "outcome.json");
    ASSERT_TRUE(outcome) << outcome.error().text();
    EXPECT_EQ(outcome->seq, 7);
    EXPECT_EQ(outcome->state, EndState::failed);
    EXPECT_EQ(outcome->values.at("cost"), 0.1);
    EXPECT_EQ(outcome->failed_tasks, golden_outcome().failed_tasks);
    EXPECT_EQ(outcome->ended, at(100.25));
    expect_golden("outcome.json", write_outcome(*outcome));
}

TEST(Golden, ConfigFile) {
    Config wanted;
    wanted.params = {{"lr", 1e-3},      {"layers", std::int64_t{3}},
                     {"bias", true},    {"name", std::string("ü")},
                     {"none", nullptr}, {"whole", 2.0}};
    wanted.proposal = {"r1", 41, 39, 18446744073709551615u, 27.0, "000007", "sobol", 2};
    std::string text = golden("config.json");  // as it was first written, with a budget of 27.0
    auto config = read_config(text, "config.json");
    ASSERT_TRUE(config) << config.error().text();
    EXPECT_EQ(config->params, wanted.params);
    EXPECT_EQ(config->proposal.run, "r1");
    EXPECT_EQ(config->proposal.k, 41);
    EXPECT_EQ(config->proposal.seen, 39);
    EXPECT_EQ(config->proposal.seed, wanted.proposal.seed);
    EXPECT_EQ(config->proposal.budget, 27.0);
    EXPECT_EQ(config->proposal.parent + config->proposal.sampler, "000007sobol");
    expect_golden("config-whole-budget.json", write_config(*config));
}

TEST(Golden, RequestAndMetricFiles) {
    std::string text = golden("request.json", write_request({"pruner", "worse than its rung"}));
    EXPECT_EQ(read_request(text).by, "pruner");
    EXPECT_EQ(read_request(text).reason, "worse than its rung");
    std::string lines =
        golden("metrics.jsonl", write_metric({3, {{"loss", 0.41}}}) + write_metric({4, {{"loss", 0.4}}}));
    auto metrics = read_metrics(lines);
    ASSERT_EQ(metrics.lines.size(), 2u);
    EXPECT_EQ(metrics.lines[1].step, 4);
    EXPECT_EQ(metrics.lines[0].values.at("loss"), 0.41);
    EXPECT_EQ(metrics.consumed, lines.size());
}

TEST(Golden, ResultAsScriptsWriteIt) {
    std::string text = golden("result.json", "{\"cost\": 1.25, \"auc\": NaN, \"note\": \"ok\"}\n");
    auto result = read_result(text, "result.json");
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->values.at("cost"), 1.25);
    EXPECT_TRUE(judge_result(*result, {{"cost"}}));
}

TEST(Golden, ExperimentFile) {
    auto experiment = read_experiment(golden("experiment.json", one_stage + "\n"), "experiment.json");
    ASSERT_TRUE(experiment) << experiment.error().front().text();
    EXPECT_EQ(experiment->stages.at(0).name, "train");
}

TEST(Golden, ClaimsAndEventNames) {
    auto claim = parse_claim(golden("claim", "n1 8b0e-42 4711 99 a1b2c3\n"));
    ASSERT_TRUE(claim);
    EXPECT_EQ(claim->host + claim->boot_id + claim->nonce, "n18b0e-42a1b2c3");
    EXPECT_TRUE(parse_claim(golden("claim-void", "void\n"))->voided);
    std::string names;
    for (auto kind :
         {SpoolKind::exit, SpoolKind::blocked, SpoolKind::timeout, SpoolKind::infra, SpoolKind::bell})
        names += event_name({kind, "000042", {2, "flow", 17, 3}, 4, true, "n1.site", "a1b2c3"}) + "\n";
    std::istringstream lines(golden("event-names", names));
    std::string again;
    for (std::string name; std::getline(lines, name);)
        again += event_name(parse_event_name(name).value()) + "\n";
    EXPECT_EQ(again, names);
}

}  // namespace
}  // namespace tw::test
