// run, try, wait: with programs that only pretend.
#include <csignal>

#include "ctl_fixture.hpp"
#include "trialdir/goal_file.hpp"

namespace tw {
namespace {

class CtlRunTest : public CtlTest {
protected:
    CtlRunTest() {
        for (auto* script : {"train.sh", "flow.sh", "metric.sh"})
            EXPECT_TRUE(fs.create(script, "#!/bin/sh\n", 0755));
        processes.on_spawn = [this](const FakeProcesses::Started& started) {
            std::string program = started.spawn.argv[0].substr(started.spawn.argv[0].rfind('/') + 1);
            running[program] = started.id.pid;
            if (on_start.contains(program)) on_start[program](started);
        };
    }

    // The journal as the watcher of this run leaves it.
    void finish_search() {
        add_trial("000000");
        end_trial("000000", EndState::complete, 1.5);
        released = true;
        begin_journal();
    }

    void end(const std::string& program, int status) { processes.finish(running.at(program), status); }

    std::map<std::string, std::function<void(const FakeProcesses::Started&)>> on_start;
    std::map<std::string, std::int64_t> running;
};

TEST_F(CtlRunTest, StartsBothAndEndsWithTheBest) {
    int waits = 0;
    waker.on_wait = [&](Seconds) {
        if (!running.contains("trialwatch")) return;
        if (++waits == 1) end("trialopt", 0);
        if (waits == 2) {
            finish_search();
            end("trialwatch", 0);
        }
    };
    RunOptions options;
    options.trials = "+5";
    options.jobs = 3;
    EXPECT_EQ(run_verb(context, fs, options), 0) << err.str();
    ASSERT_EQ(processes.started.size(), 2u);
    EXPECT_THAT(processes.started[0].spawn.argv,
                ElementsAre("/opt/bin/trialopt", "/virtual/experiment", "--trials", "+5", "--parallel", "3"));
    EXPECT_THAT(processes.started[1].spawn.argv,
                ElementsAre("/opt/bin/trialwatch", "/virtual/experiment", "--until-done", "--jobs", "3"));
    EXPECT_EQ(processes.started[0].spawn.output, "/virtual/experiment/.trialwatch/run.log");
    EXPECT_THAT(out.str(), HasSubstr("000000"));
    EXPECT_THAT(out.str(), HasSubstr("cost=1.5"));
    EXPECT_THAT(out.str(), HasSubstr("trialctl best"));
}

TEST_F(CtlRunTest, ADeclaredNumberInFlightIsNotOverruled) {
    fs.put("experiment.json", R"({"format": 1, "optimizer": {"parallel": 2}})");
    for (auto* program : {"trialopt", "trialwatch"})
        on_start[program] = [&](auto& started) { processes.finish(started.id.pid, 0); };
    RunOptions options;
    options.jobs = 8;
    run_verb(context, fs, options);
    EXPECT_THAT(processes.started.at(0).spawn.argv, ElementsAre("/opt/bin/trialopt", "/virtual/experiment"));
}

class CtlInterruptTest : public CtlRunTest {
protected:
    // Stop requests come with these waits of `run`; the programs end with the one after `last`.
    int run(std::vector<int> requests, int last, bool job = true) {
        processes.signals_end = false;
        add_trial("000000");
        if (job) start_task("000000");
        begin_journal();
        processes.restart();  // that watcher is gone
        int waits = 0;
        waker.on_wait = [this, requests, last, waits](Seconds) mutable {
            if (!running.contains("trialwatch")) return;
            waker.stops += static_cast<int>(std::count(requests.begin(), requests.end(), ++waits));
            if (waits > last)
                for (auto* program : {"trialwatch", "trialopt"}) end(program, 0);
        };
        return run_verb(context, fs, {});
    }

    std::vector<int> sent_to(const std::string& program) {
        std::vector<int> numbers;
        for (auto& sent : processes.signals)
            if (sent.id.pid == running.at(program)) numbers.push_back(sent.signal);
        return numbers;
    }
};

TEST_F(CtlInterruptTest, JobsRunOn) {
    EXPECT_EQ(run({1}, 2), 1);
    EXPECT_THAT(sent_to("trialopt"), ElementsAre(SIGTERM));
    EXPECT_THAT(sent_to("trialwatch"), ElementsAre(SIGTERM));
    EXPECT_THAT(out.str(), HasSubstr("1 jobs run on"));
    EXPECT_THAT(out.str(), HasSubstr("trialctl run"));
}

TEST_F(CtlInterruptTest, ASecondOneEndsTheJobs) {
    context.confirm = [](const std::string&) { return false; };  // somebody is there
    EXPECT_EQ(run({1, 3}, 5, false), 1);
    EXPECT_THAT(sent_to("trialopt"), ElementsAre(SIGTERM));
    EXPECT_THAT(sent_to("trialwatch"), ElementsAre(SIGTERM, SIGINT));
    EXPECT_THAT(err.str(), HasSubstr("ending the jobs"));
    EXPECT_THAT(out.str(), HasSubstr("trialctl retry /virtual/experiment --state killed"));
}

TEST_F(CtlInterruptTest, OfJobsThatRunOnAllTheSameItSaysSo) {
    context.confirm = [](const std::string&) { return false; };
    EXPECT_EQ(run({1, 3}, 5), 1);
    EXPECT_THAT(out.str(), HasSubstr("1 jobs run on"));
}

// The watcher gives the chance, and leaves.
TEST_F(CtlInterruptTest, TheWatcherWaitsForTheSecondWhereSomebodyIsThere) {
    context.confirm = [](const std::string&) { return false; };
    EXPECT_EQ(run({1}, 30), 1);
    EXPECT_THAT(sent_to("trialwatch"), ElementsAre(SIGTERM));
    EXPECT_THAT(err.str(), Not(HasSubstr("ending")));
    EXPECT_THAT(processes.started.back().spawn.argv, testing::Contains("--second-chance"));
}

// A logout may send SIGHUP, SIGTERM or both, and twice.
TEST_F(CtlInterruptTest, WhereNobodyIsThereRepeatedOnesEndNoJobs) {
    EXPECT_EQ(run({1, 1, 2}, 4), 1);
    EXPECT_THAT(sent_to("trialwatch"), ElementsAre(SIGTERM));
}

TEST_F(CtlRunTest, AFailedWatcherEndsTheOptimizerAndShowsItsWords) {
    on_start["trialwatch"] = [&](const FakeProcesses::Started& started) {
        fs.put(".trialwatch/run.log", "trialwatch: the wheel came off\n");
        processes.finish(started.id.pid, 1);
    };
    EXPECT_EQ(run_verb(context, fs, {}), 1);
    EXPECT_THAT(err.str(), HasSubstr("the wheel came off"));
    EXPECT_THAT(err.str(), HasSubstr("trialwatch ended with exit status 1"));
    ASSERT_EQ(processes.signals.size(), 1u);
    EXPECT_EQ(processes.signals[0].id.pid, running["trialopt"]);
}

TEST_F(CtlRunTest, WrongNumberOfTrialsStartsNothing) {
    RunOptions options;
    for (auto* text : {"many", "+", "-3", "1.5"}) {
        options.trials = text;
        EXPECT_EQ(run_verb(context, fs, options), 2) << text;
    }
    EXPECT_TRUE(processes.started.empty());
}

TEST_F(CtlRunTest, ProgressCountsTheTrialsThatWereAskedFor) {
    on_start["trialopt"] = [&](auto&) {
        know_experiment();
        ASSERT_TRUE(publish_goal(fs, 1, {4, 10}, "a"));
    };
    on_start["trialwatch"] = [&](const FakeProcesses::Started& started) {
        finish_search();
        processes.finish(started.id.pid, 0);
        end("trialopt", 0);
    };
    RunOptions options;
    options.trials = "+4";
    EXPECT_EQ(run_verb(context, fs, options), 0) << err.str();
    EXPECT_THAT(out.str(), HasSubstr("1/5 trials ended"));  // and one by hand
    EXPECT_EQ(out.str().find("trials ended"), out.str().rfind("trials ended"));
}

TEST_F(CtlRunTest, APauseIsNoSuccess) {
    on_start["trialwatch"] = [&](const FakeProcesses::Started& started) {
        add_trial("000000");
        end_trial("000000", EndState::failed);
        Event paused = event(EventKind::paused);
        paused.text = "5 trials failed alike";
        record(paused);
        released = true;
        begin_journal();
        processes.finish(started.id.pid, 1);
        end("trialopt", 0);
    };
    EXPECT_EQ(run_verb(context, fs, {}), 1);
    EXPECT_THAT(err.str(), HasSubstr("5 trials failed alike"));
    EXPECT_THAT(err.str(), HasSubstr("trialctl logs /virtual/experiment 000000"));
    EXPECT_THAT(err.str(), HasSubstr("trialctl resume"));
    EXPECT_THAT(err.str(), HasSubstr("trialctl retry /virtual/experiment --state failed"));
}

TEST_F(CtlRunTest, ASecondRunIsToldOfTheFirst) {
    begin_journal();
    EXPECT_EQ(run_verb(context, fs, {}), 1);
    EXPECT_THAT(err.str(), HasSubstr("runs already"));
    EXPECT_TRUE(processes.started.empty());
}

TEST_F(CtlRunTest, ACopyStartsNothing) {
    know_experiment();
    VirtualFileSystem copy(disk, "/elsewhere");
    EXPECT_EQ(run_verb(context, copy, {}), 1);
    RunOptions anew;
    anew.overwrite = anew.yes = true;
    EXPECT_EQ(run_verb(context, copy, anew), 1);
    EXPECT_FALSE(fs.exists(".trialwatch.old.1"));
    EXPECT_THAT(err.str(), HasSubstr("--copied"));
    EXPECT_EQ(try_verb(context, copy, {}), 1);
    EXPECT_FALSE(fs.exists("trials/000000"));
    EXPECT_TRUE(processes.started.empty());
}

TEST_F(CtlRunTest, BrokenExperimentStartsNothing) {
    fs.put("experiment.json", R"({"format": 1, "stagse": [], "optimzer": {}})");
    EXPECT_EQ(run_verb(context, fs, {}), 2);
    EXPECT_THAT(err.str(), HasSubstr("stages"));
    EXPECT_THAT(err.str(), HasSubstr("optimizer"));
    EXPECT_TRUE(processes.started.empty());
}

TEST_F(CtlRunTest, WhatCannotRunMakesNoTrial) {
    EXPECT_TRUE(fs.remove("train.sh"));
    EXPECT_TRUE(fs.remove("metric.sh"));
    processes.cpu_count = 2;
    std::string text = test_experiment;
    text.replace(text.find(R"("command": ["./flow.sh"])"), 0, R"("resources": {"cpus": 64}, )");
    fs.put("experiment.json", text);
    for (bool once : {true, false}) {
        err.str("");
        EXPECT_EQ(once ? run_verb(context, fs, {}) : try_verb(context, fs, {}), 2);
        EXPECT_THAT(err.str(), HasSubstr("experiment.json:12: /stages/0/command/0: there is no ./train.sh"));
        EXPECT_THAT(err.str(), HasSubstr("there is no ./metric.sh"));
        EXPECT_THAT(err.str(), HasSubstr("needs 64 CPUs"));
    }
    EXPECT_FALSE(fs.exists("trials"));
    EXPECT_TRUE(processes.started.empty());
}

TEST_F(CtlRunTest, OverwriteSetsAsideAfterAsking) {
    finish_search();
    RunOptions options;
    options.overwrite = true;
    EXPECT_EQ(run_verb(context, fs, options), 2);  // nobody to ask
    context.confirm = [](const std::string&) { return false; };
    EXPECT_EQ(run_verb(context, fs, options), 1);
    EXPECT_TRUE(fs.exists("trials/000000"));
    options.yes = true;
    on_start["trialopt"] = [&](auto& started) { processes.finish(started.id.pid, 0); };
    on_start["trialwatch"] = [&](auto& started) { processes.finish(started.id.pid, 0); };
    EXPECT_EQ(run_verb(context, fs, options), 0) << err.str();
    EXPECT_FALSE(fs.exists("trials"));
    EXPECT_TRUE(fs.exists("trials.old.1/000000/config.json"));
    EXPECT_TRUE(fs.exists(".trialwatch.old.1/journal"));
}

TEST_F(CtlRunTest, DetachWaitsUntilItIsSeenToRun) {
    on_start["trialctl"] = [&](auto&) {
        add_trial("000000");
        begin_journal();
    };
    RunOptions options;
    options.detach = true;
    options.jobs = 2;
    EXPECT_EQ(run_verb(context, fs, options), 0) << err.str();
    EXPECT_THAT(processes.started[0].spawn.argv,
                ElementsAre("/opt/bin/trialctl", "run", "/virtual/experiment", "--jobs", "2"));
    EXPECT_TRUE(processes.started[0].spawn.new_session);
    EXPECT_THAT(out.str(), HasSubstr("trialctl wait"));
}

TEST_F(CtlRunTest, DetachTellsAnEarlyFailure) {
    on_start["trialctl"] = [&](auto& started) {
        fs.put(".trialwatch/run.log", "no such backend\n");
        processes.finish(started.id.pid, 2);
    };
    RunOptions options;
    options.detach = true;
    EXPECT_EQ(run_verb(context, fs, options), 2);
    EXPECT_THAT(err.str(), HasSubstr("no such backend"));
}

TEST_F(CtlRunTest, TryShowsLogsAndTheResult) {
    on_start["trialwatch"] = [&](auto&) {
        add_trial("000000");
        fs.put("trials/000000/logs/train.1.out", "epoch 1\n");
    };
    waker.on_wait = [&](Seconds) {
        if (waker.waits.size() == 1) return;
        end_trial("000000", EndState::complete, 2.5);
        released = true;
        begin_journal();
        end("trialwatch", 0);
    };
    TryOptions options;
    options.set = {"layers=4"};
    EXPECT_EQ(try_verb(context, fs, options), 0) << err.str();
    EXPECT_THAT(processes.started[0].spawn.argv, ElementsAre("/opt/bin/trialwatch", "/virtual/experiment",
                                                             "--until-done", "--only", "000000"));
    EXPECT_THAT(out.str(), HasSubstr("epoch 1\n"));
    EXPECT_THAT(out.str(), HasSubstr("cost=2.5"));
}

TEST_F(CtlRunTest, TryThatFailsSaysWhy) {
    on_start["trialwatch"] = [&](auto& started) {
        add_trial("000000");
        end_trial("000000", EndState::failed, 0, "exit status 3");
        released = true;
        begin_journal();
        processes.finish(started.id.pid, 0);
    };
    EXPECT_EQ(try_verb(context, fs, {}), 1);
    EXPECT_THAT(out.str(), HasSubstr("failed: exit status 3"));
    EXPECT_THAT(out.str(), HasSubstr("trialctl retry"));
}

class CtlWaitTest : public CtlRunTest {
protected:
    CtlWaitTest() { plan(0); }

    void plan(int trials) {
        std::string text = test_experiment;
        text.replace(text.find("\"trials\": 10"), 12, "\"trials\": " + std::to_string(trials));
        fs.put("experiment.json", text);
    }

    void pause() {
        Event paused = event(EventKind::paused);
        paused.text = "lunch";
        paused.flag = true;
        record(paused);
    }
};

TEST_F(CtlWaitTest, EndsWithTheLastTrial) {
    add_trial("000000");
    begin_journal();
    waker.on_wait = [&](Seconds) {
        end_trial("000000", EndState::complete, 1);
        begin_journal();
    };
    EXPECT_EQ(wait_verb(context, fs, {}), 0);
    EXPECT_EQ(waker.waits.size(), 1u);
}

TEST_F(CtlWaitTest, GivesUp) {
    add_trial("000000");
    begin_journal();
    EXPECT_EQ(wait_verb(context, fs, {Seconds(30)}), 1);
    EXPECT_THAT(err.str(), HasSubstr("1 trial has not ended"));
}

TEST_F(CtlWaitTest, ASearchThatNobodyBeganIsNotDone) {
    plan(12);
    EXPECT_EQ(wait_verb(context, fs, {}), 1);
    EXPECT_THAT(err.str(), HasSubstr("no watcher is alive, and 0 of 12 trials have ended"));
    EXPECT_THAT(err.str(), HasSubstr("trialctl run /virtual/experiment"));
}

TEST_F(CtlWaitTest, NorIsOneThatEndedHalfWay) {
    plan(4);
    add_trial("000000");
    end_trial("000000", EndState::complete, 1);
    begin_journal();
    EXPECT_EQ(wait_verb(context, fs, {}), 0);  // all that was made, and nobody proposes
    auto role = Lease::take(fs, layout::optimizer, make_owner(processes.self(), "", clock.now()), {});
    (void)role->release();
    EXPECT_EQ(wait_verb(context, fs, {}), 1);
    EXPECT_THAT(err.str(), HasSubstr("4 more are planned, and nobody proposes them"));
    EXPECT_THAT(err.str(), HasSubstr("trialopt /virtual/experiment"));
}

TEST_F(CtlWaitTest, WhoBeginsBetweenTwoLooksIsWaitedFor) {
    add_trial("000000");
    waker.on_wait = [&](Seconds) {
        if (waker.waits.size() == 2) end_trial("000000", EndState::complete, 1);
        begin_journal();
    };
    EXPECT_EQ(wait_verb(context, fs, {}), 0) << err.str();
}

TEST_F(CtlWaitTest, APauseIsNamedAndWhatEndsIt) {
    add_trial("000000");
    pause();
    begin_journal();
    EXPECT_EQ(wait_verb(context, fs, {}), 1);
    EXPECT_THAT(err.str(), HasSubstr("paused: lunch (go on with trialctl resume /virtual/experiment)"));
    processes.restart();
    EXPECT_EQ(wait_verb(context, fs, {}), 1);
    EXPECT_THAT(err.str(), HasSubstr("resume /virtual/experiment and trialctl run"));
}

TEST_F(CtlWaitTest, NoExperimentIsAMistake) {
    VirtualFileSystem nothing(std::make_shared<VirtualDisk>(), "/nothing");
    EXPECT_EQ(wait_verb(context, nothing, {}), 2);
    EXPECT_THAT(err.str(), HasSubstr("there is no experiment.json"));
}

TEST_F(CtlWaitTest, ACopyHasNobodyToWaitFor) {
    add_trial("000000");
    begin_journal();
    VirtualFileSystem copy(disk, "/elsewhere");
    EXPECT_EQ(wait_verb(context, copy, {}), 1);
    EXPECT_THAT(err.str(), HasSubstr("--copied"));
}

}  // namespace
}  // namespace tw
