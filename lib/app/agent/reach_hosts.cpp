#include "app/agent/reach_hosts.hpp"

#include <algorithm>

#include "base/counted.hpp"

namespace tw {

namespace {

// What a person or the batch system said outweighs what a helper found. Where somebody else fills a part of
// its CPUs nobody knows which of them are whose.
HostSize size_of(const HostCount& host, HostSize found, const WideOptions& options) {
    int places = static_cast<int>(found.places.size()), given = host.cpus > 0 ? host.cpus : options.slots;
    bool ours = given == 0 || given >= places;
    found.name = host.name;
    if (host.cpus > 0) found.cpus = host.cpus;
    if (options.slots > 0) found.cpus = std::min(found.cpus, options.slots);
    if (options.memory > 0) found.memory = options.memory;
    if (options.gpus) found.gpus = *options.gpus;
    if (!options.pin || !ours) found.places.clear();
    return found;
}

// A host, until its helper has said what it has.
struct Greeting {
    HostCount host;
    std::unique_ptr<HostLink> link;  // none to the agent's own host
    std::optional<HostSize> size;

    bool open() const { return !size && !link->failed(); }
    void listen() {
        if (!open()) return;
        for (const HostWord& word : link->heard())
            if (word.kind == HostWord::Kind::here) size = word.size;
    }
};

Greeting greet(Ports ports, Conversations& conversations, const WideOptions& options,
               const LaunchTemplates& templates, const HostCount& host, const std::string& experiment_id) {
    Greeting greeting{host, nullptr, std::nullopt};
    if (!options.own.empty() && same_host(host.name, options.own)) {
        greeting.size = size_of_this_host(ports.processes);
        return greeting;
    }
    Spawn helper;
    helper.argv = templates.remote(host.name, {options.program, "--as-host", ports.fs.root(), experiment_id,
                                               options.tmp.empty() ? "none" : options.tmp});
    helper.environment = ports.processes.environment();
    greeting.link = std::make_unique<HostLink>(ports, conversations, std::move(helper), options.patience);
    return greeting;
}

void wait_for(Ports ports, std::vector<Greeting>& greetings) {
    auto open = [](auto& greeting) { return greeting.open(); };
    while (std::any_of(greetings.begin(), greetings.end(), open) && ports.waker.interrupts() == 0) {
        (void)ports.waker.wait(Seconds(0.5));
        for (Greeting& greeting : greetings) greeting.listen();
    }
}

}  // namespace

HostSize size_of_this_host(Processes& processes) {
    return {"", std::max(1, processes.cpus()), processes.memory(), processes.gpus(), processes.cpu_places()};
}

Result<ReachedHosts> reach_hosts(Ports ports, Conversations& conversations, const WideOptions& options,
                                 const LaunchTemplates& templates, const std::string& experiment_id) {
    std::vector<Greeting> greetings;
    for (const HostCount& host : options.hosts)
        greetings.push_back(greet(ports, conversations, options, templates, host, experiment_id));
    wait_for(ports, greetings);
    ReachedHosts reached;
    for (Greeting& greeting : greetings) {
        if (!greeting.size) {
            ports.log.warn("nothing runs on {}: its helper does not answer", greeting.host.name);
            continue;
        }
        reached.sizes.push_back(size_of(greeting.host, std::move(*greeting.size), options));
        reached.links.push_back(std::move(greeting.link));
        ports.log.info("on {}: {}", reached.sizes.back().name, counted(reached.sizes.back().cpus, "CPU"));
    }
    if (reached.sizes.empty())
        return fail(
            {Code::io, "no host can be reached", {}, {}, 0, "try the command of --remote-template by hand"});
    return reached;
}

}  // namespace tw
