#include "ctl_fixture.hpp"

namespace tw {
namespace {

class CtlReadingTest : public CtlTest {
protected:
    void make_trials() {
        for (int i = 0; i < 4; ++i) add_trial(numbered_trial(i));
        put_config("000000", R"({"lr":0.5,"optimizer":"sgd","note":"a, \"b\""})");
        end_trial("000000", EndState::complete, 3);
        end_trial("000001", EndState::complete, 1.25);
        end_trial("000002", EndState::failed, 0, "exit status 3\nreally");
        start_task("000003");
        begin_journal();
    }

    ListOptions list() {
        ListOptions options;
        options.experiments = {"/virtual/experiment"};
        return options;
    }
};

TEST_F(CtlReadingTest, CsvHasFlatColumns) {
    make_trials();
    ListOptions options = list();
    options.csv = true;
    ASSERT_EQ(list_verb(context, options), 0);
    std::istringstream lines(out.str());
    std::string head, first;
    std::getline(lines, head);
    std::getline(lines, first);
    EXPECT_EQ(head,
              "id,state,stage,reason,attempts,seconds,seq,params_layers,params_lr,params_note,params_"
              "optimizer,values_cost");
    EXPECT_EQ(first, "000000,complete,,,3,12.5,1,,0.5,\"a, \"\"b\"\"\",sgd,3.0");
}

TEST_F(CtlReadingTest, SortsByValueAndPutsMissingLast) {
    make_trials();
    ListOptions options = list();
    options.sort = "cost";
    options.json = true;
    ASSERT_EQ(list_verb(context, options), 0);
    auto sorted = json();
    EXPECT_EQ(sorted[0]["id"], "000001");
    EXPECT_EQ(sorted[1]["id"], "000000");
    options.reverse = true;
    ASSERT_EQ(list_verb(context, options), 0);
    sorted = json();
    EXPECT_EQ(sorted[0]["id"], "000000");
    EXPECT_EQ(sorted[3]["values"].size(), 0u);
    options.sort = "csot";
    EXPECT_EQ(list_verb(context, options), 2);
    EXPECT_THAT(err.str(), HasSubstr("did you mean 'cost'?"));
    options.sort = "zzz";
    EXPECT_EQ(list_verb(context, options), 2);
    EXPECT_THAT(err.str(), HasSubstr("attempts, budget, cost, created"));
}

TEST_F(CtlReadingTest, SortsByEveryColumn) {
    make_trials();
    ListOptions options = list();
    options.json = true;
    for (auto* column : {"time", "created", "ended", "state", "reason"}) {
        options.sort = column;
        EXPECT_EQ(list_verb(context, options), 0) << err.str();
        EXPECT_EQ(json().size(), 4u);
    }
}

TEST_F(CtlReadingTest, AnEmptyListSaysSoAside) {
    EXPECT_EQ(list_verb(context, list()), 0);
    EXPECT_EQ(out.str(), "");
    EXPECT_THAT(err.str(), HasSubstr("there are no trials yet"));
    put_config("000000");
    ListOptions options = list();
    options.states = {"failed"};
    EXPECT_EQ(list_verb(context, options), 0);
    EXPECT_EQ(out.str(), "");
    EXPECT_THAT(err.str(), HasSubstr("no trial is failed"));
    options.json = true;
    EXPECT_EQ(list_verb(context, options), 0);
    EXPECT_EQ(json().size(), 0u);
}

TEST_F(CtlReadingTest, ListOfNoExperimentIsAnError) {
    make_directory("/empty");
    ListOptions options;
    options.experiments = {"/empty"};
    EXPECT_EQ(list_verb(context, options), 2);
    EXPECT_THAT(err.str(), HasSubstr("there is no experiment.json"));
}

TEST_F(CtlReadingTest, FiltersByState) {
    make_trials();
    ListOptions options = list();
    options.states = {"failed", "running"};
    options.json = true;
    ASSERT_EQ(list_verb(context, options), 0);
    EXPECT_EQ(json().size(), 2u);
    options.states = {"broken"};
    EXPECT_EQ(list_verb(context, options), 2);
    EXPECT_THAT(err.str(), HasSubstr("complete"));
}

TEST_F(CtlReadingTest, TrialKeysAreStable) {
    make_trials();
    ListOptions options = list();
    options.json = true;
    list_verb(context, options);
    auto trial = json()[2];
    for (auto* key : {"id", "state", "stage", "config", "values", "reason", "attempts", "seconds"})
        EXPECT_TRUE(trial.contains(key)) << key;
    EXPECT_EQ(trial["reason"], "exit status 3\nreally");
    EXPECT_EQ(trial["config"]["layers"], 3);
}

TEST_F(CtlReadingTest, TableFitsTheTerminalAndStaysOnItsLines) {
    make_trials();
    context.width = 50;
    ASSERT_EQ(list_verb(context, list()), 0);
    std::istringstream lines(out.str());
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) EXPECT_LE(line.size(), 50u) << line;
    EXPECT_EQ(count, 5);
    EXPECT_THAT(out.str(), Not(HasSubstr("\x1b[")));
}

TEST_F(CtlReadingTest, ColourOnlyWhereAllowed) {
    make_trials();
    context.colour = true;
    list_verb(context, list());
    EXPECT_THAT(out.str(), HasSubstr("\x1b[32mcomplete\x1b[0m"));
}

TEST_F(CtlReadingTest, SeveralExperimentsAreTold) {
    make_trials();
    auto other = make_directory("/other");
    other.put("experiment.json", test_experiment);
    other.put("trials/000000/config.json", "{}");
    ListOptions options = list();
    options.experiments.push_back("/other");
    options.json = true;
    ASSERT_EQ(list_verb(context, options), 0);
    auto all = json();
    ASSERT_EQ(all.size(), 5u);
    EXPECT_EQ(all[4]["experiment"], "/other");
}

TEST_F(CtlReadingTest, StatusCountsAndNamesWhatIsMissing) {
    make_trials();
    ASSERT_EQ(status_verb(context, fs, true), 0);
    auto status = json();
    EXPECT_EQ(status["trials"]["complete"], 2);
    EXPECT_EQ(status["trials"]["failed"], 1);
    EXPECT_EQ(status["stages"]["train"]["running"], 1);
    EXPECT_EQ(status["jobs"]["running"], 1);
    EXPECT_EQ(status["best"][0]["id"], "000001");
    EXPECT_EQ(status["watcher"]["state"], "alive");
    EXPECT_EQ(status["watcher"]["command"], "");
    EXPECT_EQ(status["optimizer"]["command"], "trialopt /virtual/experiment");
    EXPECT_TRUE(status["paused"].is_null());
    processes.restart();
    ASSERT_EQ(status_verb(context, fs, false), 0);
    EXPECT_THAT(out.str(), HasSubstr("start it with: trialctl run /virtual/experiment"));
    EXPECT_EQ(out.str().find("start it with"), out.str().rfind("start it with"));  // said once
}

TEST_F(CtlReadingTest, StatusOfACopyShowsNobodyElsesWatcher) {
    make_trials();
    VirtualFileSystem copy(disk, "/elsewhere");
    ASSERT_EQ(status_verb(context, copy, true), 0);
    auto status = json();
    EXPECT_EQ(status["watcher"]["state"], "absent");
    EXPECT_THAT(status["misplaced"]["hint"].get<std::string>(), HasSubstr("--copied"));
    ASSERT_EQ(status_verb(context, copy, false), 0);
    EXPECT_THAT(out.str(), HasSubstr("this directory is a copy of an experiment, or it was moved"));
    EXPECT_THAT(out.str(), Not(HasSubstr("alive")));
}

TEST_F(CtlReadingTest, StatusShowsThePause) {
    know_experiment();
    Event paused = event(EventKind::paused);
    paused.text = "5 trials failed alike";
    record(paused);
    begin_journal();
    ASSERT_EQ(status_verb(context, fs, false), 0);
    EXPECT_THAT(out.str(), HasSubstr("5 trials failed alike"));
    EXPECT_THAT(out.str(), HasSubstr("trialctl resume"));
}

TEST_F(CtlReadingTest, StatusOfNoExperimentIsAnError) {
    VirtualFileSystem empty;
    EXPECT_EQ(status_verb(context, empty, false), 2);
    EXPECT_THAT(err.str(), HasSubstr("trialctl init"));
}

TEST_F(CtlReadingTest, ShowTellsStagesAndReason) {
    make_trials();
    ASSERT_EQ(show_verb(context, fs, "3", true), 0);
    auto trial = json();
    EXPECT_EQ(trial["id"], "000003");
    EXPECT_EQ(trial["stages"][0]["name"], "train");
    EXPECT_EQ(trial["stages"][0]["tasks"][0]["state"], "running");
    EXPECT_EQ(show_verb(context, fs, "77", false), 2);
    ASSERT_EQ(show_verb(context, fs, "000002", false), 0);
    EXPECT_THAT(out.str(), HasSubstr("exit status 3 really"));
}

TEST_F(CtlReadingTest, BestByObjectiveAndByValue) {
    make_trials();
    BestOptions options;
    options.json = true;
    ASSERT_EQ(best_verb(context, fs, options), 0);
    auto best = json();
    ASSERT_EQ(best.size(), 1u);
    EXPECT_EQ(best[0]["id"], "000001");
    options.count = 5;
    ASSERT_EQ(best_verb(context, fs, options), 0);
    EXPECT_EQ(json().size(), 2u);
    options.count = 1;
    options.by = "cost";
    options.maximize = true;
    ASSERT_EQ(best_verb(context, fs, options), 0);
    EXPECT_EQ(json()[0]["id"], "000000");
    options.by = "cots";
    EXPECT_EQ(best_verb(context, fs, options), 2);
    EXPECT_THAT(err.str(), HasSubstr("did you mean 'cost'?"));
}

// What is the same in every trial is for programs; a trial of before that differs is shown.
TEST_F(CtlReadingTest, FixedParametersAreNotShownToPeople) {
    fs.put("experiment.json", R"({"format": 1, "space": {"lr": {"type": "float", "low": 0, "high": 1},
        "host": {"type": "fixed", "value": "here"}}})");
    auto trial = [&](const TrialId& id, const std::string& host) {
        add_trial(id);
        put_config(id, R"({"lr":0.5,"host":")" + host + R"("})");
        end_trial(id, EndState::complete, 1);
    };
    trial("000000", "here");
    trial("000001", "there");
    begin_journal();
    ASSERT_EQ(list_verb(context, list()), 0);
    ASSERT_EQ(best_verb(context, fs, {}), 0);
    ASSERT_EQ(status_verb(context, fs, false), 0);
    EXPECT_THAT(out.str(), Not(HasSubstr("host=here")));
    EXPECT_THAT(out.str(), HasSubstr("host=there"));
    out.str("");
    ListOptions options = list();
    options.json = true;
    ASSERT_EQ(list_verb(context, options), 0);
    EXPECT_EQ(json()[0]["config"]["host"], "here");
    options.json = false;
    options.csv = true;
    ASSERT_EQ(list_verb(context, options), 0);
    EXPECT_THAT(out.str(), HasSubstr("params_host"));
}

TEST_F(CtlReadingTest, BestOfNothingFails) {
    EXPECT_EQ(best_verb(context, fs, {}), 1);
    BestOptions options;
    options.maximize = true;
    EXPECT_EQ(best_verb(context, fs, options), 2);
    EXPECT_THAT(err.str(), HasSubstr("--maximize needs --by"));
}

}  // namespace
}  // namespace tw
