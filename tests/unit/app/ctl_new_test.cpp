#include "app/ctl/settings.hpp"
#include "ctl_fixture.hpp"

namespace tw {
namespace {

class CtlNewTest : public CtlTest {
protected:
    std::vector<std::string> make(const NewOptions& options) {
        out.str("");
        EXPECT_EQ(new_verb(context, fs, options), 0) << err.str();
        std::vector<std::string> ids;
        std::istringstream lines(out.str());
        for (std::string line; std::getline(lines, line);) ids.push_back(line);
        return ids;
    }

    ordered_json config(const TrialId& id) {
        return ordered_json::parse(fs.get("trials/" + id + "/config.json").value());
    }

    std::string refusal(const NewOptions& options) {
        err.str("");
        EXPECT_EQ(new_verb(context, fs, options), 2);
        EXPECT_FALSE(fs.exists("trials/000000"));
        return err.str();
    }

    Space space = read_experiment(test_experiment, "").value().space;
};

TEST_F(CtlNewTest, ValuesTakeTheTypeOfTheirParameter) {
    EXPECT_EQ(typed_value(space.find("lr"), "1"), Scalar(1.0));
    EXPECT_EQ(typed_value(space.find("layers"), "3.0"), Scalar(std::int64_t(3)));
    EXPECT_EQ(typed_value(space.find("optimizer"), "sgd"), Scalar(std::string("sgd")));
    EXPECT_EQ(typed_value(nullptr, "1"), Scalar(std::int64_t(1)));
}

TEST_F(CtlNewTest, SweepsMultiply) {
    auto all = expand_sweeps(space, {"optimizer=adam,sgd", "layers=range(1,4)"});
    ASSERT_TRUE(all);
    ASSERT_EQ(all->size(), 6u);
    EXPECT_EQ((*all)[1].at("layers"), Scalar(std::int64_t(2)));
    EXPECT_EQ((*all)[3].at("optimizer"), Scalar(std::string("sgd")));
}

TEST_F(CtlNewTest, RangesFollowPython) {
    auto count = [&](const std::string& word) {
        auto all = expand_sweeps(space, {"it=" + word});
        return all ? static_cast<int>(all->size()) : -1;
    };
    EXPECT_EQ(count("range(3)"), 3);
    EXPECT_EQ(count("range(0,10,2)"), 5);
    EXPECT_EQ(count("range(10,0,-5)"), 2);
    EXPECT_EQ(count("range(0,1,0.25)"), 4);
    EXPECT_EQ(count("range(0)"), -1);
    EXPECT_EQ(count("range(a)"), -1);
    EXPECT_EQ(count("range(1,2,0)"), -1);
    EXPECT_EQ(count("a,,b"), -1);
}

TEST_F(CtlNewTest, MissingValuesComeFromDefaults) {
    NewOptions options;
    options.set = {"lr=0.5"};
    EXPECT_THAT(make(options), ElementsAre("000000"));
    EXPECT_EQ(config("000000"), ordered_json::parse(R"({"layers":2,"lr":0.5,"optimizer":"adam"})"));
    options.set = {"optimizer=sgd"};
    EXPECT_THAT(make(options), ElementsAre("000001"));
    EXPECT_EQ(config("000001")["momentum"], 0.5);
}

TEST_F(CtlNewTest, MistakesAreNamedAndNothingIsMade) {
    NewOptions options;
    options.set = {"layrs=3"};
    EXPECT_THAT(refusal(options), HasSubstr("did you mean 'layers'?"));
    options.set = {"layers=9"};
    EXPECT_THAT(refusal(options), HasSubstr("layers = 9"));
    options.set = {"momentum=0.1"};
    EXPECT_THAT(refusal(options), HasSubstr("momentum"));
    options.set = {"layers"};
    EXPECT_THAT(refusal(options), HasSubstr("NAME=VALUE"));
    options.set = {"optimizer=adm"};
    EXPECT_THAT(refusal(options), HasSubstr("did you mean 'adam'? one of adam, sgd"));
    options.set = {"bogus=3"};
    EXPECT_THAT(refusal(options), HasSubstr("it has lr, layers, optimizer, momentum"));
    options.set = {"layers=3", "layers=4"};
    EXPECT_THAT(refusal(options), HasSubstr("'layers' is set twice"));
    options.set = {"layers=3"};
    options.sweeps = {"layers=1,2"};
    EXPECT_THAT(refusal(options), HasSubstr("given by --set and by --sweep"));
    options.sweeps.clear();
    options.config = "/nowhere/config.json";
    EXPECT_THAT(refusal(options), HasSubstr("there is no such file (--config takes"));
    options.config.clear();
    fs.put("experiment.json", R"({"format": 1, "space": {"x": {"type": "float", "low": 0, "high": 1}}})");
    options.set = {};
    EXPECT_THAT(refusal(options), HasSubstr("--set x=VALUE"));
}

TEST_F(CtlNewTest, NumbersGoOnAndBellsRing) {
    know_experiment();
    put_config("000041");
    put_config("warm");
    fs.make_directories("trials/000043");
    NewOptions options;
    options.sweeps = {"layers=1,2"};
    EXPECT_THAT(make(options), ElementsAre("000044", "000045"));
    EXPECT_THAT(bells(), testing::UnorderedElementsAre("000044", "000045"));
}

TEST_F(CtlNewTest, NumbersAreNotSearchedAgain) {
    for (int i = 0; i < 50; ++i) put_config(numbered_trial(i));
    fs.accesses.clear();
    NewOptions options;
    options.sweeps = {"layers=range(1,9)", "lr=0.1,0.2,0.3"};
    EXPECT_EQ(make(options).size(), 24u);
    EXPECT_EQ(fs.count("make_directory", "trials/"), 24);
    EXPECT_EQ(fs.count("sync_all"), 2);
}

TEST_F(CtlNewTest, InputsAreThereBeforeTheConfig) {
    make_directory("/data").put("grid.m", "mesh");
    NewOptions options;
    options.inputs = {"/data/grid.m"};
    fs.on_access([&](const support::Access& access) {
        if (access.to == "trials/000000/config.json") {
            EXPECT_EQ(fs.get("trials/000000/grid.m"), "mesh");
        }
        return Status{};
    });
    make(options);
    EXPECT_TRUE(fs.exists("trials/000000/config.json"));
    make_directory("/bad").put("config.json", "");
    options.inputs = {"/bad/config.json"};
    EXPECT_EQ(new_verb(context, fs, options), 2);
}

TEST_F(CtlNewTest, FailureLeavesNothingBehind) {
    fs.inject({"create", "trials/000002", Code::no_space});
    NewOptions options;
    options.sweeps = {"layers=range(1,5)"};
    EXPECT_EQ(new_verb(context, fs, options), 1);
    EXPECT_EQ(fs.list("trials")->size(), 0u);
}

TEST_F(CtlNewTest, ConfigFromStandardInput) {
    input = R"({"layers": 5, "files": ["a", "b"], "_trial": {"run": "other", "k": 3, "seed": 9}})";
    NewOptions options;
    options.config = "-";
    make(options);
    auto made = config("000000");
    EXPECT_EQ(made["layers"], 5);
    EXPECT_EQ(made["lr"], 0.01);
    EXPECT_EQ(made["files"].size(), 2u);
    EXPECT_FALSE(made["_trial"].contains("run"));
    EXPECT_EQ(made["_trial"]["seed"], 9);
    input = "[1]";
    EXPECT_EQ(new_verb(context, fs, options), 2);
    input = R"({"layers": )";
    EXPECT_EQ(new_verb(context, fs, options), 2);
}

TEST_F(CtlNewTest, DryRunMakesNothing) {
    NewOptions options;
    options.sweeps = {"layers=1,2,3"};
    options.dry_run = options.json = true;
    ASSERT_EQ(new_verb(context, fs, options), 0);
    auto drafts = json();
    EXPECT_EQ(drafts.size(), 3u);
    EXPECT_TRUE(drafts[0]["id"].is_null());
    EXPECT_FALSE(fs.exists("trials"));
}

}  // namespace
}  // namespace tw
