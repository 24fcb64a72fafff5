#include "batch/host_book.hpp"

#include <gmock/gmock.h>

#include <random>

namespace tw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t gib = std::int64_t{1} << 30;

HostSize host(const std::string& name, int cpus, std::vector<std::string> gpus = {}) {
    return {name, cpus, 8 * gib, std::move(gpus)};
}

Resources needs(int nodes, int ranks, int cpus = 1) {
    Resources resources;
    resources.nodes = nodes;
    resources.ranks = ranks;
    resources.cpus = cpus;
    return resources;
}

std::vector<std::size_t> places(const std::vector<HostShare>& shares) {
    std::vector<std::size_t> places;
    for (auto& share : shares) places.push_back(share.host);
    return places;
}

TEST(HostBook, a_wide_job_takes_its_part_of_each_host) {
    HostBook book({host("a", 4), host("b", 4), host("c", 4)});
    auto shares = book.take(needs(2, 4, 2));
    ASSERT_THAT(shares, SizeIs(2));
    EXPECT_EQ(shares[0].share.cpus, 4);
    EXPECT_EQ(shares[1].share.cpus, 4);
    EXPECT_EQ(book.fits({}), 4);
    EXPECT_EQ(book.fits(needs(2, 2)), 0);
    book.give_back(shares);
    EXPECT_THAT(shares, IsEmpty());
    EXPECT_EQ(book.fits({}), 12);
}

// Who starts the ranks decides where the odd one goes; one host that nobody needs would be none of the job.
TEST(HostBook, ranks_that_do_not_come_out_even) {
    EXPECT_EQ(HostBook::part_of(needs(2, 3)).ranks, 2);
    EXPECT_EQ(HostBook::part_of(needs(2, 4)).ranks, 2);
    EXPECT_EQ(HostBook::part_of(needs(3, 1)).ranks, 1);
    EXPECT_EQ(HostBook::part_of(needs(1, 5)).ranks, 5);
}

TEST(HostBook, serial_jobs_fill_the_fullest_host_so_that_others_stay_whole) {
    HostBook book({host("a", 4), host("b", 4)});
    std::vector<std::vector<HostShare>> held;
    for (int i = 0; i < 4; ++i) held.push_back(book.take({}));
    for (auto& shares : held) EXPECT_THAT(places(shares), ElementsAre(0));
    EXPECT_EQ(book.fits(needs(1, 1, 4)), 1);
    EXPECT_EQ(book.fits(needs(2, 2)), 0);
    book.give_back(held[0]);
    EXPECT_EQ(book.fits(needs(2, 2)), 1);
    EXPECT_THAT(places(book.take({})), ElementsAre(0));
}

TEST(HostBook, a_wide_job_leaves_the_emptiest_host_whole) {
    HostBook book({host("a", 8), host("b", 4), host("c", 4)});
    EXPECT_THAT(places(book.take(needs(2, 2, 2))), ElementsAre(1, 2));
    EXPECT_THAT(places(book.take(needs(2, 2, 2))), ElementsAre(1, 2));
    EXPECT_THAT(places(book.take({})), ElementsAre(0));
    EXPECT_THAT(places(HostBook({host("a", 4), host("b", 2)}).take(needs(2, 2))), ElementsAre(0, 1));
}

TEST(HostBook, memory_and_gpus_are_for_each_host) {
    HostBook book({host("a", 4, {"0", "1"}), host("b", 4, {"4"}), host("c", 4)});
    Resources both = needs(2, 2);
    both.gpus = 1;
    both.memory = 6 * gib;
    auto shares = book.take(both);
    EXPECT_THAT(places(shares), ElementsAre(0, 1));
    EXPECT_EQ(book.gpu_names(shares[1]), "4");
    EXPECT_EQ(book.fits(both), 0);
    both.gpus = 2;
    EXPECT_THAT(book.possible(both).error().what, HasSubstr("needs 2 hosts with 1 CPU each, and here is 1"));
    both.gpus = 0;
    both.memory = 9 * gib;
    EXPECT_FALSE(book.possible(both));
}

TEST(HostBook, what_is_larger_than_any_host_is_impossible) {
    HostBook book({host("a", 4), host("b", 2)});
    EXPECT_TRUE(book.possible(needs(1, 1, 4)));
    EXPECT_FALSE(book.possible(needs(1, 1, 5)));
    EXPECT_TRUE(book.possible(needs(2, 4)));
    EXPECT_FALSE(book.possible(needs(2, 6)));
    EXPECT_FALSE(book.possible(needs(3, 3)));
}

TEST(HostBook, nothing_is_taken_of_a_host_that_is_closed) {
    HostBook book({host("a", 2), host("b", 2)});
    auto shares = book.take(needs(2, 2));
    book.close(1);
    EXPECT_EQ(book.fits({}), 1);
    book.give_back(shares);
    EXPECT_EQ(book.fits({}), 2);
    EXPECT_EQ(book.fits(needs(2, 2)), 0);
    EXPECT_FALSE(book.possible(needs(2, 2)));  // nobody waits for it
    EXPECT_TRUE(book.possible({}));
}

TEST(HostBook, pins_to_cpus_that_no_other_job_has) {
    HostSize a = host("a", 4);
    for (int id : {8, 9, 10, 11}) a.places.push_back({id, id, 0});
    HostBook book({a});
    auto first = book.take(needs(1, 2)), second = book.take({}), third = book.take({});
    std::vector<int> ids;
    for (auto* shares : {&first, &second, &third})
        ids.insert(ids.end(), (*shares)[0].share.cpu_ids.begin(), (*shares)[0].share.cpu_ids.end());
    std::sort(ids.begin(), ids.end());
    EXPECT_THAT(ids, ElementsAre(8, 9, 10, 11));
}

// Whatever is taken and given back, no host ever gives more than it has.
TEST(HostBook, never_gives_more_than_there_is) {
    std::mt19937 random(7);
    HostBook book({host("a", 5), host("b", 3), host("c", 8)});
    std::vector<std::vector<HostShare>> held;
    for (int i = 0; i < 3000; ++i) {
        if (!held.empty() && random() % 3 == 0) {
            auto at = held.begin() + static_cast<std::ptrdiff_t>(random() % held.size());
            book.give_back(*at);
            held.erase(at);
        } else {
            int nodes = 1 + static_cast<int>(random() % 3), ranks = nodes + static_cast<int>(random() % 4);
            bool fits = book.fits(needs(nodes, ranks)) > 0;
            auto shares = book.take(needs(nodes, ranks));
            ASSERT_EQ(!shares.empty(), fits);
            if (fits) held.push_back(std::move(shares));
        }
        std::vector<int> used(3, 0);
        for (auto& shares : held)
            for (auto& share : shares) used[share.host] += share.share.cpus;
        for (std::size_t at = 0; at < used.size(); ++at) ASSERT_LE(used[at], book.size(at).cpus);
    }
}

}  // namespace
}  // namespace tw
