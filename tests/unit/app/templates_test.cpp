#include "app/agent/templates.hpp"

#include <gmock/gmock.h>

namespace tw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

RanksPlace two_hosts() {
    return {{"a", "b"}, 3, 2, 4, 1, "/e/hosts"};
}

TEST(LaunchTemplates, of_slurm) {
    auto templates = LaunchTemplates::read("", "", true);
    ASSERT_TRUE(templates);
    auto remote = templates->remote("n2", {"/bin/trialagent", "--as-host", "/my e", "id"});
    EXPECT_EQ(remote.front(), "srun");
    EXPECT_THAT(remote, testing::Contains("--nodelist=n2"));
    EXPECT_THAT(remote, testing::Contains("--overlap"));
    EXPECT_THAT(remote, testing::Contains("/my e"));
    EXPECT_EQ(templates->mpiexec(two_hosts(), {"rank"}),
              "srun --overlap --nodes=2 --ntasks=3 --cpus-per-task=4 --nodelist=a,b --cpu-bind=none rank");
    EXPECT_FALSE(templates->wants_hostfile());
}

// What ssh is given a shell reads on the other side.
TEST(LaunchTemplates, elsewhere) {
    auto templates = LaunchTemplates::read("", "", false);
    ASSERT_TRUE(templates);
    EXPECT_THAT(templates->remote("b", {"/bin/a", "/my e"}),
                ElementsAre("ssh", "-o", "BatchMode=yes", "b", "/bin/a", "'/my e'"));
    EXPECT_EQ(templates->mpiexec(two_hosts(), {"rank"}), "mpiexec -n 3 -host a:2,b:2 rank");
}

TEST(LaunchTemplates, that_are_given) {
    auto templates =
        LaunchTemplates::read("lsrun -m {host}", "mpirun -ppn {per_host} -f {hostfile} [-g {gpus}]", true);
    ASSERT_TRUE(templates);
    EXPECT_THAT(templates->remote("b", {"x y"}), ElementsAre("lsrun", "-m", "b", "x y"));
    EXPECT_EQ(templates->mpiexec(two_hosts(), {}), "mpirun -ppn 2 -f /e/hosts -g 1");
    EXPECT_TRUE(templates->wants_hostfile());
}

TEST(LaunchTemplates, that_cannot_be_read) {
    for (auto [remote, mpiexec] : {std::pair{"ssh", ""}, std::pair{"ssh {hots}", ""},
                                   std::pair{"", "mpiexec {rank}"}, std::pair{"'", ""}, std::pair{" ", ""}}) {
        auto read = LaunchTemplates::read(remote, mpiexec, false);
        ASSERT_FALSE(read) << remote << mpiexec;
        EXPECT_EQ(read.error().code, Code::usage);
    }
    EXPECT_THAT(LaunchTemplates::read("ssh", "", false).error().what, HasSubstr("{host}"));
}

TEST(PlainWords, are_read_as_they_were_written) {
    for (std::string text : {"/data/my experiment/100%*?", "", "/a", "%41", "\xc3\xbc:"}) {
        EXPECT_EQ(from_plain_word(plain_word(text)), text);
        EXPECT_EQ(plain_word(text).find_first_of(" *?:\t"), std::string::npos);
    }
    EXPECT_EQ(from_plain_word("%4"), "%4");
    EXPECT_EQ(from_plain_word("%zz"), "%zz");
}

}  // namespace
}  // namespace tw
