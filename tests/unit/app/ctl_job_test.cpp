// get, report, logs: what job scripts and the curious use.
#include "app/ctl/log_files.hpp"
#include "ctl_fixture.hpp"

namespace tw {
namespace {

class CtlJobTest : public CtlTest {
protected:
    CtlJobTest() {
        trial.put(
            "config.json",
            R"({"lr":1e-3,"layers":3,"name":"a b","on":true,"big":1e22,"x":{"y":[1,2.0]},"none":null})");
        processes.variables.push_back("TRIAL_DIR=/job");
        processes.variables.push_back("TRIAL_CONFIG=/job/config.json");
    }

    std::string get(const std::string& key) {
        out.str("");
        GetOptions options;
        options.key = key;
        EXPECT_EQ(get_verb(context, options), 0) << err.str();
        return out.str();
    }

    int report(std::vector<std::string> values, std::int64_t step = 1) {
        return report_verb(context, {std::move(values), step});
    }

    VirtualFileSystem trial = make_directory("/job");
};

TEST_F(CtlJobTest, GetPrintsBareValues) {
    EXPECT_EQ(get("lr"), "0.001\n");
    EXPECT_EQ(get("layers"), "3\n");
    EXPECT_EQ(get("name"), "a b\n");
    EXPECT_EQ(get("on"), "true\n");
    EXPECT_EQ(get("none"), "null\n");
    EXPECT_EQ(get("x.y"), "[1,2.0]\n");
    EXPECT_EQ(get("x.y.1"), "2.0\n");
}

TEST_F(CtlJobTest, GetNamesTheKeysThereAre) {
    GetOptions options;
    options.key = "layer";
    EXPECT_EQ(get_verb(context, options), 1);
    EXPECT_THAT(err.str(), HasSubstr("lr, layers, name"));
    EXPECT_THAT(err.str(), HasSubstr("did you mean 'layers'?"));
    EXPECT_EQ(out.str(), "");
    options.otherwise = "7";
    EXPECT_EQ(get_verb(context, options), 0);
    EXPECT_EQ(out.str(), "7\n");
}

TEST_F(CtlJobTest, GetHasItsDefaultWhereThereIsNoConfig) {
    processes.variables.clear();
    make_directory(".");
    GetOptions options;
    options.key = "lr";
    EXPECT_EQ(get_verb(context, options), 1);
    options.otherwise = "7";
    EXPECT_EQ(get_verb(context, options), 0);
    EXPECT_EQ(out.str(), "7\n");
}

TEST_F(CtlJobTest, GetWithoutAJobReadsTheDirectory) {
    processes.variables.clear();
    make_directory(".").put("config.json", R"({"a": 1})");
    EXPECT_EQ(get("a"), "1\n");
}

TEST_F(CtlJobTest, ReportAppendsOneLine) {
    EXPECT_EQ(report({"loss=0.25", "acc=1e-3"}, 3), 0);
    EXPECT_EQ(report({"loss=0.2"}, 4), 0);
    EXPECT_EQ(trial.get("metrics.jsonl"),
              "{\"step\":3,\"acc\":0.001,\"loss\":0.25}\n{\"step\":4,\"loss\":0.2}\n");
    EXPECT_EQ(err.str(), "");
}

TEST_F(CtlJobTest, ReportLeavesOutWhatIsNoNumber) {
    EXPECT_EQ(report({"loss=nan", "acc=2"}), 0);
    EXPECT_EQ(trial.get("metrics.jsonl"), "{\"step\":1,\"acc\":2.0}\n");
    EXPECT_THAT(err.str(), HasSubstr("loss is nan"));
    EXPECT_EQ(report({"loss=1e400"}), 0);
    EXPECT_THAT(err.str(), HasSubstr("loss is 1e400"));
    EXPECT_EQ(report({"loss=high"}), 2);
    EXPECT_EQ(report({"loss"}), 2);
    EXPECT_EQ(report({"loss=1"}, -1), 2);
}

TEST_F(CtlJobTest, ReportTellsOfAStop) {
    trial.put("stop", "");
    EXPECT_EQ(report({"loss=1"}), 3);
    EXPECT_TRUE(trial.exists("metrics.jsonl"));
}

TEST_F(CtlJobTest, ReportNeverFailsAJob) {
    disks["/job"]->set_capacity(0);
    EXPECT_EQ(report({"loss=1"}), 0);
    EXPECT_NE(err.str(), "");
    processes.variables = {"TRIAL_DIR=/gone"};
    EXPECT_EQ(report({"loss=1"}), 0);
    processes.variables.clear();
    EXPECT_EQ(report({"loss=1"}), 0);
}

TEST_F(CtlJobTest, LogNames) {
    EXPECT_EQ(parse_log_name("train.2.err")->attempt, 2);
    EXPECT_TRUE(parse_log_name("train.2.err")->error);
    EXPECT_EQ(parse_log_name("flow.17.1.out")->task, 17);
    for (auto* name : {"train.out", "train.x.out", "flow.1.2.3.out", "train.1.txt", ".1.out"})
        EXPECT_FALSE(parse_log_name(name)) << name;
}

TEST_F(CtlJobTest, LogsComeInTheOrderOfStages) {
    put_config("000000");
    fs.put("trials/000000/logs/metric.1.out", "m\n");
    fs.put("trials/000000/logs/train.1.out", "no newline");
    fs.put("trials/000000/logs/train.1.err", "");
    fs.put("trials/000000/logs/flow.10.1.out", "ten\n");
    fs.put("trials/000000/logs/flow.2.1.out", "two\n");
    LogsOptions options;
    options.id = "0";
    ASSERT_EQ(logs_verb(context, fs, options), 0);
    EXPECT_EQ(out.str(),
              "==> train.1.out <==\nno newline\n\n==> flow.2.1.out <==\ntwo\n\n==> flow.10.1.out <==\nten\n\n"
              "==> metric.1.out <==\nm\n");
    out.str("");
    options.stage = "flow";
    options.task = 2;
    logs_verb(context, fs, options);
    EXPECT_EQ(out.str(), "==> flow.2.1.out <==\ntwo\n");
    options.stage = "flo";
    EXPECT_EQ(logs_verb(context, fs, options), 2);
}

TEST_F(CtlJobTest, LogsOfTheNewestAttemptUnlessAsked) {
    put_config("000000");
    fs.put("trials/000000/logs/train.1.out", "old\n");
    fs.put("trials/000000/logs/train.2.out", "new\n");
    fs.put("trials/000000/logs/flow.2.1.out", "two\n");
    LogsOptions options;
    options.id = "0";
    ASSERT_EQ(logs_verb(context, fs, options), 0);
    EXPECT_EQ(out.str(), "==> train.2.out (attempt 2 of 2) <==\nnew\n\n==> flow.2.1.out <==\ntwo\n");
    out.str("");
    options.stage = "train";
    options.attempt = 1;
    ASSERT_EQ(logs_verb(context, fs, options), 0);
    EXPECT_EQ(out.str(), "==> train.1.out (attempt 1 of 2) <==\nold\n");
    options.attempt = 3;
    EXPECT_EQ(logs_verb(context, fs, options), 2);
    EXPECT_THAT(err.str(), HasSubstr("there is no attempt 3 in trial 000000"));
    options = {};
    options.id = "0";
    options.task = 3;
    EXPECT_EQ(logs_verb(context, fs, options), 2);
    EXPECT_THAT(err.str(), HasSubstr("there is no task 3 in trial 000000"));
}

TEST_F(CtlJobTest, FollowEndsWithTheTrial) {
    put_config("000000");
    fs.put("trials/000000/logs/train.1.out", "one\n");
    int waits = 0;
    waker.on_wait = [&](Seconds) {
        if (++waits == 1) fs.put("trials/000000/logs/train.1.out", "one\ntwo\n");
        if (waits == 2) {
            fs.put("trials/000000/logs/train.1.out", "one\ntwo\nthree\n");
            fs.put("trials/000000/outcome.json", "{}");
        }
        ASSERT_LT(waits, 5);
    };
    LogsOptions options;
    options.id = "0";
    options.follow = true;
    ASSERT_EQ(logs_verb(context, fs, options), 0);
    EXPECT_EQ(out.str(), "==> train.1.out <==\none\ntwo\nthree\n");
}

}  // namespace
}  // namespace tw
