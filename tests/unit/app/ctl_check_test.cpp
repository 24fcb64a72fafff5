// check, init, submit.
#include "ctl_fixture.hpp"
#include "trialdir/import_file.hpp"

namespace tw {
namespace {

using ::testing::Contains;

class CtlCheckTest : public CtlTest {
protected:
    CtlCheckTest() {
        auto bin = make_directory("/bin");
        EXPECT_TRUE(bin.create("sh", "", 0755));
        make_directory("/usr/bin");
        for (auto* script : {"train.sh", "flow.sh", "metric.sh"}) script_file(script, "#!/bin/sh\n");
    }

    void script_file(const std::string& name, const std::string& text, std::uint32_t mode = 0755) {
        (void)fs.remove(name);
        EXPECT_TRUE(fs.create(name, text, mode));
    }

    // Messages by level; the exit status goes to `status`.
    std::vector<std::string> findings(const std::string& level) {
        out.str("");
        status = check_verb(context, fs, true);
        std::vector<std::string> texts;
        for (auto& finding : json())
            if (finding["level"] == level)
                texts.push_back(finding["pointer"].get<std::string>() + ": " +
                                finding["message"].get<std::string>() + " (" +
                                finding["hint"].get<std::string>() + ")");
        return texts;
    }

    int status = 0;
};

TEST_F(CtlCheckTest, AGoodExperimentHasNoMistakes) {
    EXPECT_THAT(findings("error"), ElementsAre());
    EXPECT_THAT(findings("warning"), ElementsAre());
    EXPECT_EQ(status, 0);
}

TEST_F(CtlCheckTest, EveryMistakeOfTheFileIsTold) {
    fs.put("experiment.json", R"({"format": 1, "stagse": [], "optimizer": {"trails": 3}})");
    EXPECT_EQ(findings("error").size(), 2u);
    EXPECT_EQ(status, 2);
}

TEST_F(CtlCheckTest, TheShareThatConstraintsLeaveIsTold) {
    fs.put("experiment.json", R"({"format": 1,
"space": {"x": {"type": "float", "low": 0, "high": 1, "default": 0.9}, "y": {"type": "float", "low": 0, "high": 1, "default": 0.5}},
"constraints": {"parameters": ["x < 0.75", "y < 0.25"]}})");
    EXPECT_THAT(findings("note"),
                testing::Contains(testing::ContainsRegex(
                    "/constraints/parameters: about (18|19|20) % of the space meets the constraints; "
                    "the narrowest, 'y < 0.25', is met by (24|25|26) %")));
    EXPECT_THAT(
        findings("warning"),
        testing::Contains(HasSubstr("the default configuration is not tried: the constraint 'x < 0.75'")));
    EXPECT_EQ(status, 0);
}

TEST_F(CtlCheckTest, ScriptsAreLookedAt) {
    EXPECT_TRUE(fs.remove("train.sh"));
    script_file("trian.sh", "");
    script_file("flow.sh", "#!/bin/sh\r\necho\r\n");
    script_file("metric.sh", "#!/bin/sh\n", 0644);
    auto errors = findings("error");
    ASSERT_EQ(errors.size(), 3u);
    EXPECT_EQ(errors[0], "/stages/0/command/0: there is no ./train.sh (did you mean './trian.sh'?)");
    EXPECT_THAT(errors[1], HasSubstr("Windows line ends"));
    EXPECT_THAT(errors[2], HasSubstr("chmod +x metric.sh"));
    EXPECT_EQ(status, 2);
}

TEST_F(CtlCheckTest, DoubtsAreWarnings) {
    script_file("train.sh", "echo hello\n");
    script_file("flow.sh", "#!/opt/python\n");
    fs.put("trials/000001/config.json", R"({"layers": 99})");
    fs.put("trials/my trial/config.json", "{}");
    fs.make_directories("trials/000002");
    auto warnings = findings("warning");
    EXPECT_EQ(warnings.size(), 5u) << out.str();
    EXPECT_EQ(status, 0);
}

TEST_F(CtlCheckTest, CommandsAreLookedForInPath) {
    auto stages =
        R"({"format": 1, "stages": [{"name": "metric", "command": ["sh"]}, {"name": "b", "command": ["python4"]}]})";
    fs.put("experiment.json", stages);
    auto warnings = findings("warning");
    ASSERT_EQ(warnings.size(), 2u);  // and the empty space
    EXPECT_THAT(warnings[1], HasSubstr("python4"));
}

TEST_F(CtlCheckTest, NotesOnTheSearch) {
    fs.put("experiment.json", R"({"format": 1, "space": {"a": {"type": "categorical", "choices": [1, 2, 3]}},
                                  "optimizer": {"sampler": "grid", "trials": 10}})");
    auto notes = findings("note");
    ASSERT_EQ(notes.size(), 3u);
    EXPECT_THAT(notes[0], HasSubstr("'cost' is minimised"));
    EXPECT_THAT(notes[1], HasSubstr("no default for a"));
    EXPECT_THAT(notes[2], HasSubstr("has 3 configurations for 10 trials"));
}

TEST_F(CtlCheckTest, WhatIsTriedFirstAndWhatIsNotUsedIsNoted) {
    fs.put("experiment.json",
           R"({"format": 1, "objectives": [{"name": "cost"}], "optimizer": {"sampler": "grid", "trials": 3,
        "first": [{"a": 2}, {}]}, "space": {"a": {"type": "int", "low": 1, "high": 3, "default": 1, "prior": {"mean": 2, "std": 1}}}})");
    auto notes = findings("note");
    ASSERT_EQ(notes.size(), 3u);
    EXPECT_THAT(notes[1], HasSubstr("/optimizer/first: "));
    EXPECT_THAT(notes[2], HasSubstr("/space/a/prior: the grid takes no notice of priors"));
}

TEST_F(CtlCheckTest, ACopyIsToldApart) {
    know_experiment();
    fs.put(".trialwatch/id", write_identity({"0123456789abcdef", "/elsewhere", 1}));
    EXPECT_THAT(findings("error")[0], HasSubstr("copy"));
}

TEST_F(CtlCheckTest, InitCopiesATemplateWithoutItsSources) {
    auto old = make_directory("/share/power_flow");
    disks["/share"] = std::make_shared<VirtualDisk>();
    VirtualFileSystem(disks["/share"], "/share").make_directories("power_flow");
    EXPECT_TRUE(old.create("train.sh", "#!/bin/sh\n", 0755));
    for (auto* path :
         {"experiment.json", "README.md", "CMakeLists.txt", "tool.cpp", "src/main.cpp", "data/case.m"})
        old.put(path, "x");
    VirtualFileSystem fresh(std::make_shared<VirtualDisk>(), "/new");
    InitOptions options;
    options.templates = "/share";
    options.name = "power-flow";
    ASSERT_EQ(init_verb(context, fresh, options), 0) << err.str();
    std::vector<std::string> names;
    for (auto& entry : fresh.dump()) names.push_back(entry.first);
    EXPECT_THAT(names, ElementsAre("README.md", "data/", "data/case.m", "experiment.json", "train.sh"));
    EXPECT_EQ(fresh.stat("train.sh")->mode & 0100, 0100u);
    EXPECT_THAT(out.str(), HasSubstr("trialctl run /new"));
    EXPECT_EQ(init_verb(context, fresh, options), 1);  // not empty any more
    VirtualFileSystem other;
    options.name = "pwr";
    EXPECT_EQ(init_verb(context, other, options), 2);
    EXPECT_THAT(err.str(), HasSubstr("power-flow"));
}

TEST_F(CtlCheckTest, InitFromAnOldExperimentLeavesItsTrials) {
    put_config("000000");
    know_experiment();
    VirtualFileSystem fresh(std::make_shared<VirtualDisk>(), "/new");
    InitOptions options;
    options.from = "/virtual/experiment";
    ASSERT_EQ(init_verb(context, fresh, options), 0) << err.str();
    EXPECT_TRUE(fresh.exists("train.sh"));
    EXPECT_FALSE(fresh.exists("trials"));
    EXPECT_FALSE(fresh.exists(".trialwatch"));
}

TEST_F(CtlCheckTest, SubmitShowsEveryStage) {
    SubmitOptions options;
    options.json = true;
    ASSERT_EQ(submit_verb(context, fs, options), 0) << err.str();
    auto stages = json();
    ASSERT_EQ(stages.size(), 3u);
    EXPECT_THAT(stages[0]["command"][0].get<std::string>(), HasSubstr("train.sh"));
    EXPECT_EQ(stages[1]["command"][1], "flows/*.json");
    EXPECT_THAT(stages[2]["environment"].dump(), HasSubstr("TRIAL_STAGE=metric"));
    EXPECT_FALSE(fs.exists("trials"));
    options.id = "000007";
    EXPECT_EQ(submit_verb(context, fs, options), 2);
}

TEST_F(CtlCheckTest, SubmitKnowsShortIdsAndImaginesTheNextTrial) {
    put_config("000003");
    SubmitOptions options;
    ASSERT_EQ(submit_verb(context, fs, options), 0) << err.str();
    EXPECT_THAT(out.str(), HasSubstr("trial 000004  layers=2 lr=0.01 optimizer=adam  (not made"));
    EXPECT_THAT(out.str(), HasSubstr("TRIAL_ID=000004"));
    out.str("");
    options.id = "3";
    ASSERT_EQ(submit_verb(context, fs, options), 0) << err.str();
    EXPECT_THAT(out.str(), HasSubstr("TRIAL_ID=000003"));
}

TEST_F(CtlCheckTest, SubmitShowsCommandsThatCanBePasted) {
    fs.put("experiment.json",
           R"({"format": 1, "stages": [{"name": "a", "command": ["bash", "-c", "echo 'x'\necho y"]}]})");
    ASSERT_EQ(submit_verb(context, fs, {}), 0) << err.str();
    EXPECT_THAT(out.str(), HasSubstr(R"(bash -c $'echo \'x\'\necho y')"));
}

TEST_F(CtlCheckTest, TheBackendIsAsked) {
    fs.put("experiment.json", R"({"format": 1,
      "space": {"x": {"type": "float", "low": 0, "high": 1, "default": 0}},
      "backend": {"options": {
        "cpu": 2}},
      "stages": [{"name": "a", "command": ["./train.sh"]}]})");
    auto errors = findings("error");
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0],
              "/backend/options/cpu: the local backend has no option 'cpu' (did you mean 'cpus'?)");
    check_verb(context, fs, false);
    EXPECT_THAT(out.str(), HasSubstr("experiment.json:4: /backend/options/cpu"));
}

TEST_F(CtlCheckTest, WhatNoMachineOrNotThisOneCanGive) {
    fs.put("experiment.json", R"({"format": 1,
      "space": {"x": {"type": "float", "low": 0, "high": 1, "default": 0}},
      "stages": [{"name": "a", "command": ["./train.sh"], "resources": {"nodes": 2, "options": {"queue": "q"}}},
                 {"name": "b", "command": ["./flow.sh"], "resources": {"cpus": 64}}]})");
    EXPECT_THAT(
        findings("error"),
        ElementsAre(
            "/stages/0/resources/nodes: needs 2 nodes, the local backend has 1 (ranks share this one)"));
    auto warnings = findings("warning");
    ASSERT_EQ(warnings.size(), 2u);
    EXPECT_THAT(warnings[0], HasSubstr("/stages/0/resources/options/queue: "));
    EXPECT_THAT(warnings[1], HasSubstr("stage 'b' needs 64 CPUs, this machine has 4"));
}

TEST_F(CtlCheckTest, ClustersAreCheckedWithoutBeingAsked) {
    fs.put("experiment.json", R"({"format": 1,
      "space": {"x": {"type": "float", "low": 0, "high": 1, "default": 0}},
      "backend": {"type": "slurm", "options": {"forward": "KEY=secret"}},
      "stages": [{"name": "a", "command": ["./train.sh"], "backend": {"type": "slurm", "options": {"wrap": "x"}}},
                 {"name": "b", "command": ["./flow.sh"], "resources": {"options": {"output": "x"}}},
                 {"name": "c", "command": ["./flow.sh"], "backend": {"type": "htcondor"}, "resources": {"nodes": 2}}]})");
    auto errors = findings("error");
    ASSERT_EQ(errors.size(), 4u);
    EXPECT_THAT(errors[0], HasSubstr("/stages/0/backend/options/wrap: "));
    EXPECT_THAT(
        errors[1],
        HasSubstr(
            "/backend/options/forward: forward 'KEY=secret' is not the name of an environment variable"));
    EXPECT_THAT(errors[2], HasSubstr("/stages/1/resources/options/output: "));
    EXPECT_THAT(errors[3], HasSubstr("/stages/2/resources/nodes: "));
}

class CtlWarmStartTest : public CtlCheckTest {
protected:
    VirtualFileSystem first = make_directory("/virtual/experiment/../first");

    CtlWarmStartTest() {
        declare(R"(["../first"])");
        first.put("experiment.json", test_experiment);
        first.make_directories(layout::trials);
    }

    void declare(const std::string& list) {
        fs.put("experiment.json", R"({"format": 1, "objectives": [{"name": "cost", "direction": "minimize"}],
"space": {"x": {"type": "float", "low": 0, "high": 1}},
"optimizer": {
  "warm_start": )" + list + R"(},
"stages": [{"name": "train", "command": ["./train.sh"]}]})");
    }
    void add(const TrialId& id, const std::string& config, const std::string& result = R"({"cost": 1})") {
        first.put(layout::config(id), config);
        first.put(layout::trial(id) + "/result.json", result);
    }
};

TEST_F(CtlWarmStartTest, HowManyFitIsTold) {
    add("000000", R"({"x": 0.5})");
    add("000001", R"({"x": 2})");
    EXPECT_THAT(findings("note"), Contains(HasSubstr("begins with 1 complete trial of ../first")));
    EXPECT_THAT(findings("warning"),
                ElementsAre(HasSubstr(
                    "1 of 2 complete trials fit and 1 not; the first is trial ../first/000001: x = 2")));
    EXPECT_THAT(findings("error"), ElementsAre());
    EXPECT_EQ(status, 0);
}

TEST_F(CtlWarmStartTest, AnotherSpaceIsAMistake) {
    add("000000", R"({"y": 0.5})");
    EXPECT_THAT(findings("error"),
                ElementsAre(HasSubstr("its one complete trial does not fit: trial ../first/000000: ")));
    EXPECT_EQ(status, 2);
    out.str("");
    check_verb(context, fs, true);
    for (auto& finding : json())
        if (finding["level"] == "error") {
            EXPECT_EQ(finding["line"], 4);
        }
}

TEST_F(CtlWarmStartTest, AnEmptyOneIsADoubt) {
    EXPECT_THAT(findings("warning"), ElementsAre(HasSubstr("../first has no complete trial to begin with")));
    EXPECT_EQ(status, 0);
}

TEST_F(CtlWarmStartTest, OneThatIsNotThereIsAMistake) {
    declare(R"(["../nowhere", "../first"])");
    add("000000", R"({"x": 0.5})");
    EXPECT_THAT(findings("error"),
                ElementsAre(HasSubstr("cannot warm start from '../nowhere': there is no such directory")));
    EXPECT_EQ(status, 2);
}

TEST_F(CtlWarmStartTest, OneThatCannotBeReadIsAMistake) {
    (void)first.remove("experiment.json");
    EXPECT_THAT(findings("error"), ElementsAre(HasSubstr("there is no experiment.json")));
    first.put("experiment.json", R"({"format": 1, "stagse": []})");
    EXPECT_THAT(findings("error"), ElementsAre(HasSubstr("'stagse'")));
    EXPECT_EQ(status, 2);
}

// A search that has begun does not need the earlier one any more.
TEST_F(CtlWarmStartTest, WhatIsImportedCounts) {
    RecordedTrial trial;
    trial.id = "000000";
    trial.config = PackedConfig(Config{{{"x", 0.5}}, {}, {}});
    trial.outcome.state = EndState::complete;
    trial.outcome.values["cost"] = 1;
    fs.make_directories(layout::optimizer);
    ASSERT_TRUE(publish_import(fs, import_path({"../first"}), {{"../first", trial}}, "n"));
    disks.erase("/virtual/experiment/../first");
    EXPECT_THAT(findings("note"), Contains(HasSubstr("begins with 1 complete trial of ../first")));
    EXPECT_EQ(status, 0);
    fs.put(import_path({"../first"}), "damaged");
    EXPECT_THAT(findings("error"), ElementsAre(HasSubstr("remove this file")));
    EXPECT_EQ(status, 2);
}

TEST_F(CtlCheckTest, ThePoolOfAgentsIsLookedAtAsStagesAre) {
    auto with = [&](const std::string& submit, const std::string& needs = "{}") {
        fs.put("experiment.json",
               R"({"format": 1, "backend": {"type": "agents"}, "agents": {"max": 2, "submit": )" + submit +
                   R"(}, "stages": [{"name": "train", "command": ["./train.sh"], "resources": )" + needs +
                   "}]}");
        return findings("error");
    };
    EXPECT_THAT(
        with(R"({"backend": {"type": "slurm", "options": {"partition": "long"}}, "resources": {"cpus": 2}})"),
        ElementsAre());
    EXPECT_THAT(with(R"({"backend": {"type": "slurm", "options": {"array": "none"}}})"),
                ElementsAre(HasSubstr("/agents/submit/backend/options/array: ")));
    EXPECT_THAT(with(R"({"backend": {"type": "command"}})"),
                ElementsAre(HasSubstr("/agents/submit/backend")));
    EXPECT_THAT(with(R"({"backend": {"type": "local"}, "resources": {"cpus": 99999}})"), ElementsAre());
    EXPECT_THAT(findings("warning"),
                Contains(HasSubstr("/agents/submit/resources: an agent needs 99999 CPUs")));
    EXPECT_THAT(with(R"({"backend": {"type": "slurm"}, "resources": {"cpus": 2}})", R"({"cpus": 3})"),
                ElementsAre());
    EXPECT_THAT(findings("warning"), Contains(HasSubstr("/stages/0/resources: stage 'train' is larger")));
}

TEST_F(CtlCheckTest, EveryFindingHasItsLine) {
    EXPECT_TRUE(fs.remove("train.sh"));
    script_file("flow.sh", "#!/opt/python\n");
    put_config("000000", "{\n\"layers\": 99}");
    check_verb(context, fs, true);
    for (auto& finding : json()) EXPECT_GT(finding["line"], 0) << finding;
}

}  // namespace
}  // namespace tw
