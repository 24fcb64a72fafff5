#include <gmock/gmock.h>

#include "batch/gridengine/gridengine.hpp"
#include "batch/gridengine/options.hpp"

namespace tw::gridengine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Error error_of(const OptionTable& options) {
    auto read = read_options(options);
    EXPECT_FALSE(read);
    return read ? Error{} : read.error();
}

TEST(GridEngineOptions, are_ours_or_qsubs) {
    auto options =
        read_options({{"pe", "smp"}, {"q", "long.q"}, {"P", "proj"}, {"error_state", "clear:2"}, {"R", "y"}});
    ASSERT_TRUE(options) << options.error().text();
    EXPECT_EQ(options->pe, "smp");
    EXPECT_EQ(options->clears, 2);
    EXPECT_THAT(flag_words(options->flags), ElementsAre("-P", "proj", "-R", "y", "-q", "long.q"));
}

TEST(GridEngineOptions, of_a_stage_win_over_the_backends) {
    auto options = read_options({{"q", "long.q"}, {"pe", "smp"}}, {{"q", "gpu.q"}});
    ASSERT_TRUE(options);
    EXPECT_EQ(options->pe, "smp");
    EXPECT_THAT(flag_words(options->flags), ElementsAre("-q", "gpu.q"));
}

TEST(GridEngineOptions, without_a_value_are_said_first_where_the_order_counts) {
    auto options = read_options({{"clear", "true"}, {"soft", "true"}, {"h", "true"}, {"l", "arch=lx-amd64"}});
    ASSERT_TRUE(options);
    EXPECT_THAT(flag_words(options->flags),
                ElementsAre("-clear", "-soft", "-h", "-l", "arch=lx-amd64", "-hard"));
    EXPECT_THAT(error_of({{"h", "u"}}).what, HasSubstr("takes no value"));
}

TEST(GridEngineOptions, that_would_break_the_protocol_are_refused_with_the_reason) {
    for (const char* key :
         {"N", "t", "V", "v", "r", "o", "notify", "sync", "S", "C", "@", "terse", "ckpt", "verify", "w"}) {
        Error error = error_of({{key, "y"}});
        EXPECT_EQ(error.code, Code::invalid);
        EXPECT_EQ(error.pointer, std::string("/options/") + key);
        EXPECT_THAT(error.what, HasSubstr("cannot be used: "));
    }
}

TEST(GridEngineOptions, that_are_misspelt_are_guessed_at) {
    Error error = error_of({{"memory_resourc", "h_vmem"}});
    EXPECT_EQ(error.pointer, "/options/memory_resourc");
    EXPECT_THAT(error.hint, HasSubstr("'memory_resource'"));
}

TEST(GridEngineOptions, have_values_that_cannot_become_options_or_lines) {
    for (const char* value : {"-V", "", "a\nb", "a\tb", "-"})
        EXPECT_EQ(error_of({{"q", value}}).pointer, "/options/q");
    EXPECT_TRUE(read_options({{"q", "$(touch x) 'y' \"z\""}})) << "no shell sees it";
    EXPECT_TRUE(read_options({{"p", "-100"}}));
    EXPECT_FALSE(read_options({{"p", "-V"}}));
    EXPECT_FALSE(read_options({{"pe", "-V"}}));
    EXPECT_FALSE(read_options({{"gpu_resource", "gpu,hostname"}}));
    EXPECT_FALSE(read_options({{"bin", "relative"}}));
    EXPECT_FALSE(read_options({{"error_state", "clear:0"}}));
}

TEST(GridEngineOptions, take_consumable_memory_for_each_slot) {
    EXPECT_FALSE(read_options({})->memory_per_slot);
    EXPECT_TRUE(read_options({{"memory_resource", "h_vmem"}})->memory_per_slot);
    EXPECT_FALSE(read_options({{"memory_resource", "h_vmem"}, {"memory_per", "job"}})->memory_per_slot);
}

TEST(GridEngineOptions, of_the_backend_are_none_of_a_stage) {
    Resources resources;
    resources.options = {{"q", "gpu.q"}, {"pe", "mpi"}};
    EXPECT_TRUE(check_gridengine_resources(resources));
    resources.options["sge_root"] = "/opt/sge";
    auto checked = check_gridengine_resources(resources);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().pointer, "/options/sge_root");
    EXPECT_TRUE(check_gridengine_options({{"sge_root", "/opt/sge"}}));
}

}  // namespace
}  // namespace tw::gridengine
