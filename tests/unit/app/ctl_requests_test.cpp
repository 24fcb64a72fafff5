#include "ctl_fixture.hpp"

namespace tw {
namespace {

class CtlRequestsTest : public CtlTest {
protected:
    void make_trials() {
        for (int i = 0; i < 4; ++i) add_trial(numbered_trial(i));
        end_trial("000000", EndState::complete, 3);
        end_trial("000001", EndState::failed);
        end_trial("000002", EndState::failed);
        start_task("000003");
        begin_journal();
    }

    int ask(RequestKind kind, std::vector<std::string> ids, const std::string& state = "", bool all = false) {
        out.str("");
        err.str("");
        return request_verb(context, fs, {kind, std::move(ids), state, all, "because"});
    }
};

TEST_F(CtlRequestsTest, StopWritesTheFileAndRings) {
    make_trials();
    ASSERT_EQ(ask(RequestKind::stop, {"3"}), 0);
    auto request = read_request(fs.get("trials/000003/stop").value());
    EXPECT_EQ(request.by, "user");
    EXPECT_EQ(request.reason, "because");
    EXPECT_THAT(bells(), ElementsAre("000003"));
    EXPECT_EQ(err.str(), "");
    ASSERT_EQ(ask(RequestKind::stop, {"3"}), 0);
    EXPECT_THAT(out.str(), HasSubstr("before"));
}

TEST_F(CtlRequestsTest, KillOfAnEndedTrialIsNoError) {
    make_trials();
    EXPECT_EQ(ask(RequestKind::kill, {"000000"}), 0);
    EXPECT_THAT(out.str(), HasSubstr("already complete"));
    EXPECT_FALSE(fs.exists("trials/000000/kill"));
}

TEST_F(CtlRequestsTest, CompleteTrialsAreNotRetried) {
    make_trials();
    EXPECT_EQ(ask(RequestKind::retry, {"000000", "000001"}), 1);
    EXPECT_FALSE(fs.exists("trials/000000/retry"));
    EXPECT_TRUE(fs.exists("trials/000001/retry"));
    EXPECT_EQ(ask(RequestKind::retry, {"000003"}), 1);
}

TEST_F(CtlRequestsTest, UnknownIdDoesNothing) {
    make_trials();
    EXPECT_EQ(ask(RequestKind::kill, {"000003", "000009"}), 2);
    EXPECT_FALSE(fs.exists("trials/000003/kill"));
    EXPECT_THAT(err.str(), HasSubstr("000009"));
}

TEST_F(CtlRequestsTest, AllAndByState) {
    make_trials();
    EXPECT_EQ(ask(RequestKind::retry, {}, "failed"), 0);
    EXPECT_TRUE(fs.exists("trials/000001/retry"));
    EXPECT_TRUE(fs.exists("trials/000002/retry"));
    EXPECT_EQ(ask(RequestKind::kill, {}, "", true), 0);
    EXPECT_TRUE(fs.exists("trials/000003/kill"));
    EXPECT_FALSE(fs.exists("trials/000000/kill"));
    EXPECT_FALSE(fs.exists("trials/000001/retry"));
    EXPECT_EQ(ask(RequestKind::kill, {}, "compleet"), 2);
    EXPECT_EQ(ask(RequestKind::kill, {}), 2);
    EXPECT_EQ(ask(RequestKind::kill, {"3"}, "", true), 2);
}

TEST_F(CtlRequestsTest, WithoutAWatcherItSaysSo) {
    put_config("000000");
    EXPECT_EQ(ask(RequestKind::stop, {"0"}), 0);
    EXPECT_TRUE(fs.exists("trials/000000/stop"));
    EXPECT_THAT(err.str(), HasSubstr("trialctl run /virtual/experiment"));
}

TEST_F(CtlRequestsTest, ACopyIsLeftUntouched) {
    make_trials();
    VirtualFileSystem copy(disk, "/elsewhere");
    auto before = fs.dump();
    for (auto kind : {RequestKind::stop, RequestKind::kill, RequestKind::retry})
        EXPECT_EQ(request_verb(context, copy, {kind, {"1"}, "", false, ""}), 1);
    EXPECT_EQ(pause_verb(context, copy, ""), 1);
    EXPECT_EQ(resume_verb(context, copy), 1);
    EXPECT_EQ(new_verb(context, copy, {}), 1);
    EXPECT_THAT(err.str(), HasSubstr("--copied"));
    EXPECT_EQ(fs.dump(), before);
    EXPECT_EQ(out.str(), "");
}

TEST_F(CtlRequestsTest, AKillAfterARetryWins) {
    make_trials();
    processes.restart();  // nobody takes the retry
    ASSERT_EQ(ask(RequestKind::retry, {"1"}), 0);
    ASSERT_EQ(ask(RequestKind::kill, {"1"}), 0);
    EXPECT_THAT(out.str(), HasSubstr("taken back"));
    EXPECT_FALSE(fs.exists("trials/000001/retry"));
    EXPECT_TRUE(fs.exists("trials/000001/kill"));
    ASSERT_EQ(ask(RequestKind::retry, {}, "failed"), 0);
    ASSERT_EQ(ask(RequestKind::stop, {}, "", true), 0);
    EXPECT_FALSE(fs.exists("trials/000002/retry"));
}

TEST_F(CtlRequestsTest, PauseAndResumeAreNamedInOrder) {
    make_trials();
    ASSERT_EQ(pause_verb(context, fs, "lunch"), 0);
    clock.advance(Seconds(1));
    ASSERT_EQ(resume_verb(context, fs), 0);
    std::vector<std::string> names;
    auto listing = fs.list(".trialwatch/requests");
    for (auto& entry : *listing) names.push_back(entry.name);
    ASSERT_EQ(names.size(), 2u);
    auto pause =
        std::find_if(names.begin(), names.end(), [](auto& name) { return name.starts_with("pause."); });
    auto resume =
        std::find_if(names.begin(), names.end(), [](auto& name) { return name.starts_with("resume."); });
    ASSERT_TRUE(pause != names.end() && resume != names.end());
    EXPECT_LT(pause->substr(6), resume->substr(7));
    EXPECT_EQ(read_request(fs.get(".trialwatch/requests/" + *pause).value()).reason, "lunch");
    EXPECT_THAT(bells(), ElementsAre("@experiment", "@experiment"));
}

TEST_F(CtlRequestsTest, PauseNeedsAnExperimentThatRan) {
    EXPECT_EQ(pause_verb(context, fs, ""), 1);
    EXPECT_THAT(err.str(), HasSubstr("trialctl run"));
}

TEST_F(CtlRequestsTest, MovedKeepsTheId) {
    begin_journal();
    VirtualFileSystem here(disk, "/new/place");
    processes.restart();
    ASSERT_EQ(identity_verb(context, here, CopyKind::moved), 0) << err.str();
    auto identity = read_identity_file(here);
    EXPECT_EQ((*identity)->id, "0123456789abcdef");
    EXPECT_EQ((*identity)->path, "/new/place");
    EXPECT_TRUE(check_identity(here, **identity));
}

TEST_F(CtlRequestsTest, MovedIsRefusedWhileAWatcherLives) {
    begin_journal();
    VirtualFileSystem here(disk, "/new/place");
    EXPECT_EQ(identity_verb(context, here, CopyKind::moved), 1);
    EXPECT_THAT(err.str(), HasSubstr("--copied"));
}

TEST_F(CtlRequestsTest, CopiedBeginsAnewAndKeepsWhatWas) {
    make_trials();
    VirtualFileSystem here(disk, "/new/place");
    ASSERT_EQ(identity_verb(context, here, CopyKind::copied), 0) << err.str();
    auto identity = read_identity_file(here);
    EXPECT_NE((*identity)->id, "0123456789abcdef");
    EXPECT_EQ((*identity)->path, "/new/place");
    EXPECT_TRUE(here.exists(".trialwatch.copied.1/journal/0000000001"));
    EXPECT_FALSE(read_newest(here)->has_value());
}

TEST_F(CtlRequestsTest, IdentityInPlaceChangesNothing) {
    begin_journal();
    auto before = fs.get(".trialwatch/id");
    EXPECT_EQ(identity_verb(context, fs, CopyKind::copied), 0);
    EXPECT_EQ(fs.get(".trialwatch/id"), before);
}

}  // namespace
}  // namespace tw
