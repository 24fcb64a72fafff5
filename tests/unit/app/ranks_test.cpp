#include "app/agent/ranks.hpp"

#include <gmock/gmock.h>

namespace tw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(RankPlaces, are_read_as_they_are_written) {
    RankPlaces places{2, {{"a", {0, 1, 2, 3}, "0,1"}, {"b", {}, std::nullopt}, {"c", {7}, ""}}};
    EXPECT_EQ(write_rank_places(places), "2\na 0-3 0,1\nb - -\nc 7 none\n");
    auto read = read_rank_places(write_rank_places(places), "ranks");
    ASSERT_TRUE(read);
    EXPECT_EQ(write_rank_places(*read), write_rank_places(places));
    for (auto* wrong : {"", "x\n", "0\n", "1\na 0\n", "1\na 0 - -\n"})
        EXPECT_FALSE(read_rank_places(wrong, "ranks")) << wrong;
}

TEST(RankPlaces, a_host_is_known_by_its_own_name_or_by_that_of_slurm) {
    RankPlaces places{1, {{"a", {0}, std::nullopt}, {"b.site", {1}, std::nullopt}}};
    EXPECT_EQ(host_of_rank(places, "b", {"SLURMD_NODENAME=a"}), &places.hosts[1])
        << "a is where mpiexec runs";
    EXPECT_EQ(host_of_rank(places, "vm", {"SLURMD_NODENAME=a"}), &places.hosts[0]);
    EXPECT_EQ(host_of_rank(places, "b.site", {}), &places.hosts[1]);
    EXPECT_EQ(host_of_rank(places, "vm", {}), nullptr);
    EXPECT_EQ(host_of_rank(places, "vm", {"SLURMD_NODENAME=c"}), nullptr);
}

TEST(RankPlaces, each_rank_of_a_host_has_cpus_of_its_own) {
    RankPlaces places{2, {{"a", {4, 5, 6, 7}, std::nullopt}}};
    EXPECT_THAT(cpus_of_rank(places, places.hosts[0], 0), ElementsAre(4, 5));
    EXPECT_THAT(cpus_of_rank(places, places.hosts[0], 1), ElementsAre(6, 7));
    EXPECT_THAT(cpus_of_rank(places, places.hosts[0], 2),
                ElementsAre(4, 5, 6, 7));  // more than were asked for
    EXPECT_THAT(cpus_of_rank(places, places.hosts[0], std::nullopt), ElementsAre(4, 5, 6, 7));
    places.hosts[0].cpus.clear();
    EXPECT_THAT(cpus_of_rank(places, places.hosts[0], 0), IsEmpty());
}

// mpiexec inside of a step of Slurm: its own word counts.
TEST(LocalRanks, are_known_by_what_starts_them) {
    EXPECT_EQ(local_rank({"SLURM_LOCALID=3"}), 3);
    EXPECT_EQ(local_rank({"SLURM_LOCALID=0", "OMPI_COMM_WORLD_LOCAL_RANK=1"}), 1);
    EXPECT_EQ(local_rank({"MPI_LOCALRANKID=2"}), 2);
    EXPECT_EQ(local_rank({"SLURM_LOCALID=x"}), std::nullopt);
    EXPECT_EQ(local_rank({}), std::nullopt);
}

TEST(RankWords, name_a_job) {
    RankOf rank{"/data/my e", "n1.abc", "000042.1.flow.3.1"};
    std::string word = rank_word(rank);
    EXPECT_EQ(word.find(' '), std::string::npos);
    auto read = parse_rank_word(word);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->experiment, rank.experiment);
    EXPECT_EQ(read->agent, rank.agent);
    EXPECT_EQ(read->job, rank.job);
    for (auto* wrong : {"", "/e:n1.abc", "e:n1.abc:j", "/e:..:j", "/e:n1.abc:%2Fx"})
        EXPECT_FALSE(parse_rank_word(wrong)) << wrong;
}

}  // namespace
}  // namespace tw
