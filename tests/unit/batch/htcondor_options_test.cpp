#include "batch/htcondor/htcondor_options.hpp"

#include <gmock/gmock.h>

#include "batch/htcondor/htcondor.hpp"

namespace tw {
namespace {

using testing::HasSubstr;
using Kind = HoldRule::Kind;

Error refusal(const OptionTable& options) {
    auto read = read_htcondor_options(options);
    EXPECT_FALSE(read);
    return read ? Error{} : read.error();
}

TEST(HtcondorHolds, what_the_cluster_did_is_tried_elsewhere_and_what_will_happen_again_ends) {
    HoldPolicy policy = HoldPolicy::read({}).value();
    EXPECT_EQ(policy.rule(6, 8).kind, Kind::resubmit);
    EXPECT_EQ(policy.rule(14, 2).kind, Kind::resubmit);
    EXPECT_EQ(policy.rule(1, 0).kind, Kind::wait);
    EXPECT_EQ(policy.rule(46, 0).kind, Kind::fail);
    EXPECT_EQ(policy.rule(13, 0), (HoldRule{Kind::release, Seconds(300), 3})) << "not in the table";
    EXPECT_EQ(hold_cause(46), EndCause::time_limit);
    EXPECT_EQ(hold_cause(34), EndCause::memory);
    EXPECT_EQ(hold_cause(26), EndCause::held);
}

TEST(HtcondorHolds, options_go_by_code_then_by_subcode) {
    HoldPolicy policy =
        HoldPolicy::read(
            {{"hold", "wait"}, {"hold.13", "release 10s 1"}, {"hold.13.28", "resubmit"}, {"hold.6", "fail"}})
            .value();
    EXPECT_EQ(policy.rule(13, 0), (HoldRule{Kind::release, Seconds(10), 1}));
    EXPECT_EQ(policy.rule(13, 28).kind, Kind::resubmit);
    EXPECT_EQ(policy.rule(6, 2).kind, Kind::fail);
    EXPECT_EQ(policy.rule(99, 0).kind, Kind::wait);
    EXPECT_EQ(policy.rule(34, 0).kind, Kind::fail) << "the default of the table stays";
}

TEST(HtcondorHolds, wrong_rules_are_told_where_they_stand) {
    for (const char* text : {"", "relase 5m 3", "release", "release 5m", "release x 3", "release 5m x",
                             "release 5m 3 more", "release 5m -1", "wait 5m", "fail now"}) {
        Error error = refusal({{"hold.13", text}});
        EXPECT_EQ(error.pointer, "/options/hold.13") << text;
        EXPECT_EQ(error.code, Code::invalid);
    }
    for (const char* name : {"hold.", "hold.x", "hold.1.", "hold.1.2.3", "hold.-1"})
        EXPECT_EQ(refusal({{name, "wait"}}).pointer, std::string("/options/") + name);
}

TEST(HtcondorOptions, own_ones_and_submit_commands_are_told_apart) {
    auto read = read_htcondor_options({{"slots", "12"},
                                       {"max_cpus", "64"},
                                       {"hold_advisor", "./advise.py  -v"},
                                       {"Accounting_Group", "physics"},
                                       {"My.Project", "\"x\""},
                                       {"+Other", "1"},
                                       {"throttle", "5"}});
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->slots, 12);
    EXPECT_EQ(read->max_cpus, 64);
    EXPECT_THAT(read->hold_advisor, testing::ElementsAre("./advise.py", "-v"));
    EXPECT_EQ(read->commands, (OptionTable{{"accounting_group", "physics"},
                                           {"+project", "\"x\""},
                                           {"+other", "1"},
                                           {"max_materialize", "5"}}));
}

TEST(HtcondorOptions, a_stage_replaces_what_the_backend_says) {
    auto backend = read_htcondor_options({{"accounting_group", "physics"}, {"request_disk", "1G"}}).value();
    auto commands = stage_commands(backend, {{"Request_Disk", "5G"}, {"rank", "Mips"}});
    ASSERT_TRUE(commands);
    EXPECT_EQ(*commands,
              (OptionTable{{"accounting_group", "physics"}, {"request_disk", "5G"}, {"rank", "Mips"}}));
    EXPECT_EQ(stage_commands(backend, {{"hold.1", "fail"}}).error().pointer, "/options/hold.1");
    EXPECT_THAT(stage_commands(backend, {{"slots", "1"}}).error().what, HasSubstr("of the backend"));
}

TEST(HtcondorOptions, misspelt_names_are_hinted_at) {
    EXPECT_EQ(refusal({{"reqest_cpus", "2"}}).hint, "did you mean 'request_cpus'?");
    EXPECT_EQ(refusal({{"trottle", "2"}}).hint, "did you mean 'throttle'?");
    EXPECT_THAT(refusal({{"Project", "1"}}).hint, HasSubstr("+Project"));
    EXPECT_EQ(refusal({{"Project", "1"}}).pointer, "/options/Project");
}

TEST(HtcondorOptions, values_must_make_sense) {
    for (auto& [name, value] : OptionTable{{"slots", "0"},
                                           {"max_cpus", "x"},
                                           {"throttle", "-1"},
                                           {"silence", "soon"},
                                           {"bin", "condor/bin"},
                                           {"hold_advisor", " "}})
        EXPECT_EQ(refusal({{name, value}}).pointer, "/options/" + name);
}

TEST(HtcondorOptions, commands_that_would_break_the_protocol_are_refused_with_the_reason) {
    EXPECT_THAT(refusal({{"should_transfer_files", "YES"}}).what, HasSubstr("share its filesystem"));
    EXPECT_THAT(refusal({{"checkpoint_exit_code", "85"}}).what,
                HasSubstr("by the stage's 'checkpoint_exit_code'"));
    EXPECT_THAT(refusal({{"Transfer_Input_Files", "a"}}).what, HasSubstr("share its filesystem"));
    EXPECT_THAT(refusal({{"max_retries", "3"}}).what, HasSubstr("started once"));
    EXPECT_THAT(refusal({{"getenv", "True"}}).what, HasSubstr("forward"));
    for (const char* name :
         {"executable", "Arguments", "queue", "include", "log", "output", "batch_name", "universe",
          "+TrialwatchToken", "My.TrialwatchIndex", "noop_job", "kill_sig", "on_exit_remove", "if"})
        EXPECT_EQ(refusal({{name, "x"}}).pointer, std::string("/options/") + name);
    EXPECT_TRUE(read_htcondor_options({{"should_transfer_files", "no"}}));
}

TEST(HtcondorOptions, neither_names_nor_values_bring_in_lines) {
    for (const char* value : {"a\nqueue 1000", "a\rb", "a\\", "$$(Arch)", "a\x01"})
        EXPECT_EQ(refusal({{"rank", value}}).pointer, "/options/rank");
    for (const char* name : {"a = 1\nqueue", "a b", "+", "-append", "a=b", ""})
        EXPECT_EQ(refusal({{name, "1"}}).pointer, std::string("/options/") + name);
}

TEST(HtcondorResources, of_several_machines_are_refused) {
    Resources resources;
    EXPECT_TRUE(check_htcondor_resources(resources));
    resources.nodes = 2;
    EXPECT_EQ(check_htcondor_resources(resources).error().pointer, "/nodes");
    resources.nodes = 1;
    resources.options = {{"log", "x"}};
    EXPECT_EQ(check_htcondor_resources(resources).error().pointer, "/options/log");
}

}  // namespace
}  // namespace tw
