#include "batch/cpu_map.hpp"

#include <gmock/gmock.h>
#include <hwloc.h>

#include <map>
#include <set>

namespace tw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// A machine that hwloc makes up: "numa:2 core:4 pu:2".
std::vector<CpuPlace> machine(const char* words) {
    hwloc_topology_t topology;
    EXPECT_EQ(hwloc_topology_init(&topology), 0);
    EXPECT_EQ(hwloc_topology_set_synthetic(topology, words), 0);
    EXPECT_EQ(hwloc_topology_load(topology), 0);
    std::vector<CpuPlace> places;
    for (hwloc_obj_t unit = nullptr; (unit = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PU, unit));) {
        hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_CORE, unit);
        places.push_back({static_cast<int>(unit->os_index), core ? static_cast<int>(core->logical_index) : 0,
                          hwloc_bitmap_first(unit->nodeset)});
    }
    hwloc_topology_destroy(topology);
    return places;
}

struct Machine {
    explicit Machine(const char* words) : places(machine(words)), map(places) {
        for (auto& place : places) by_id[place.id] = place;
    }
    std::set<int> numa_of(const std::vector<int>& ids) {
        std::set<int> nodes;
        for (int id : ids) nodes.insert(by_id[id].numa);
        return nodes;
    }
    std::set<int> cores_of(const std::vector<int>& ids) {
        std::set<int> cores;
        for (int id : ids) cores.insert(by_id[id].core);
        return cores;
    }
    std::vector<CpuPlace> places;
    CpuMap map;
    std::map<int, CpuPlace> by_id;
};

TEST(CpuMapTest, sets_are_disjoint_until_nothing_is_left) {
    Machine large("numa:2 core:4 pu:2");
    ASSERT_THAT(large.places, SizeIs(16));
    std::set<int> taken;
    for (int count : {3, 5, 2, 1, 4, 1}) {
        auto ids = large.map.take(count);
        ASSERT_THAT(ids, SizeIs(count));
        for (int id : ids) EXPECT_TRUE(taken.insert(id).second) << id;
    }
    EXPECT_THAT(large.map.take(1), IsEmpty());
}

TEST(CpuMapTest, a_job_stays_in_one_memory_node_where_one_has_room) {
    Machine large("numa:4 core:4 pu:1");
    for (int i = 0; i < 4; ++i) EXPECT_THAT(large.numa_of(large.map.take(3)), SizeIs(1));
    EXPECT_THAT(large.numa_of(large.map.take(2)), SizeIs(2));  // one is left in each
}

TEST(CpuMapTest, two_threads_of_one_core_go_to_one_job) {
    Machine large("numa:1 core:4 pu:2");
    EXPECT_THAT(large.cores_of(large.map.take(2)), SizeIs(1));
    auto single = large.map.take(1);
    EXPECT_THAT(large.cores_of(large.map.take(4)), SizeIs(2));             // whole ones
    EXPECT_EQ(large.cores_of(large.map.take(1)), large.cores_of(single));  // the broken one is filled up
}

TEST(CpuMapTest, the_node_that_it_fills_best_is_taken) {
    Machine large("numa:2 core:4 pu:1");
    auto first = large.map.take(2);
    EXPECT_EQ(large.numa_of(large.map.take(2)), large.numa_of(first));
    EXPECT_THAT(large.numa_of(large.map.take(4)), SizeIs(1));
}

TEST(CpuMapTest, what_is_given_back_is_free) {
    Machine small("numa:1 core:2 pu:1");
    auto ids = small.map.take(2);
    EXPECT_THAT(small.map.take(1), IsEmpty());
    small.map.give_back(ids);
    EXPECT_THAT(small.map.take(2), ElementsAre(0, 1));
}

TEST(CpuMapTest, without_places_nothing_is_pinned) {
    EXPECT_THAT(CpuMap().take(1), IsEmpty());
}

}  // namespace
}  // namespace tw
