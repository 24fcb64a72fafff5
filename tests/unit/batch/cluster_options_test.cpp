#include "batch/cluster/cluster_options.hpp"

#include <gmock/gmock.h>

namespace tw {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(ClusterOptions, have_defaults_that_forward_no_secrets) {
    auto options = read_cluster_options({});
    ASSERT_TRUE(options);
    EXPECT_EQ(options->visibility, Seconds(90));
    EXPECT_EQ(options->system.poll, Seconds(60));
    EXPECT_EQ(options->array, 1000);
    EXPECT_THAT(options->system.forward, Contains("PATH"));
    EXPECT_THAT(options->system.forward, Not(Contains(HasSubstr("KEY"))));
}

TEST(ClusterOptions, are_read_and_the_others_left_to_the_system) {
    auto options = read_cluster_options({{"poll", "5m"},
                                         {"visibility", "0"},
                                         {"timeout", "10s"},
                                         {"max_queued", "7"},
                                         {"submits_per_minute", "3"},
                                         {"array", "100"},
                                         {"forward", "HOME, WANDB_MODE,"},
                                         {"env_file", "/home/ann/.secrets"},
                                         {"partition", "gpu"}});
    ASSERT_TRUE(options) << options.error().text();
    EXPECT_EQ(options->system.poll, Seconds(300));
    EXPECT_EQ(options->visibility, Seconds(0));
    EXPECT_EQ(options->system.timeout, Seconds(10));
    EXPECT_EQ(options->max_queued, 7);
    EXPECT_EQ(options->submits_per_minute, 3);
    EXPECT_EQ(options->array, 100);
    EXPECT_THAT(options->system.forward, ElementsAre("HOME", "WANDB_MODE"));
    EXPECT_EQ(options->env_file, "/home/ann/.secrets");
    EXPECT_EQ(options->system.options, (OptionTable{{"partition", "gpu"}}));
}

TEST(ClusterOptions, that_are_wrong_are_named) {
    struct Case {
        std::string name, text, what;
    };
    for (auto& [name, text, what] : std::vector<Case>{
             {"poll", "soon", "'soon'"},
             {"max_queued", "0", "above 0"},
             {"array", "1.5", "above 0"},
             {"forward", "KEY=secret", "'KEY=secret' is not the name"},
             {"forward", "PATH,$(x)", "'$(x)' is not the name"},
             {"env_file", "secrets", "absolute"},
             {"timeout", "0.1", "at least 1 s"},
         }) {
        auto options = read_cluster_options({{name, text}});
        ASSERT_FALSE(options) << name << "=" << text;
        EXPECT_EQ(options.error().code, Code::invalid);
        EXPECT_EQ(options.error().pointer, "/options/" + name);
        EXPECT_THAT(options.error().what, HasSubstr(what));
    }
}

}  // namespace
}  // namespace tw
