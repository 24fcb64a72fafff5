#include "batch/hosts.hpp"

#include <gmock/gmock.h>

namespace tw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Hosts, as_people_write_them) {
    EXPECT_THAT(*parse_hosts("a:18, b-1.c"), ElementsAre(HostCount{"a", 18}, HostCount{"b-1.c", 0}));
    for (auto* wrong :
         {"", ",", "a:", "a:0", "a:x", "a:1:2", "a,a", "a,a.example.org", "-w", "a b", "a;b", "a:9999999"})
        EXPECT_FALSE(parse_hosts(wrong)) << wrong;
}

TEST(Hosts, of_slurm) {
    EXPECT_THAT(*slurm_hosts("n1\nn2\nn3\n", "18(x2),4"),
                ElementsAre(HostCount{"n1", 18}, HostCount{"n2", 18}, HostCount{"n3", 4}));
    EXPECT_THAT(*slurm_hosts("n1\n", ""), ElementsAre(HostCount{"n1", 0}));
    EXPECT_FALSE(slurm_hosts("n1\n", "18(x2)"));
    for (auto* wrong : {"18(x", "18(x2", "x", "18(x0)", "18(y2)", "18(x99999999)", ","})
        EXPECT_FALSE(slurm_hosts("n1\nn2\n", wrong)) << wrong;
    EXPECT_FALSE(slurm_hosts("\n", ""));
}

TEST(Hosts, of_a_nodefile_have_as_many_cpus_as_lines) {
    EXPECT_THAT(*nodefile_hosts("a.x.org\nb\na.x.org\n\nb\nb\n"),
                ElementsAre(HostCount{"a.x.org", 2}, HostCount{"b", 3}));
    EXPECT_THAT(*nodefile_hosts("a\nb\n"), ElementsAre(HostCount{"a", 0}, HostCount{"b", 0}));
    EXPECT_FALSE(nodefile_hosts("\n"));
}

TEST(Hosts, of_grid_engine) {
    EXPECT_THAT(*pe_hosts("a 8 all.q@a UNDEFINED\nb\t4 all.q@b <NULL>\na 2 long.q@a UNDEFINED\n"),
                ElementsAre(HostCount{"a", 10}, HostCount{"b", 4}));
    for (auto* wrong : {"", "a\n", "a x q u\n"}) EXPECT_FALSE(pe_hosts(wrong)) << wrong;
}

TEST(Hosts, are_the_same_with_and_without_a_domain) {
    EXPECT_TRUE(same_host("a", "a.x.org"));
    EXPECT_FALSE(same_host("a.y.org", "a.x.org"));
    EXPECT_FALSE(same_host("a1", "a"));
}

}  // namespace
}  // namespace tw
