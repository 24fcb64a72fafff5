#include "power_flow/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace power_flow {
namespace {

[[noreturn]] void fail(const std::string& path, const char* step) {
    throw std::runtime_error(path + ": cannot be " + step + ": " + std::strerror(errno));
}

void write_all(int file, const std::string& text, const std::string& path) {
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t count = write(file, text.data() + done, text.size() - done);
        if (count < 0 && errno != EINTR) fail(path, "written");
        if (count > 0) done += static_cast<std::size_t>(count);
    }
}

bool ends_torn(int file) {
    const off_t size = lseek(file, 0, SEEK_END);
    char last = '\n';
    return size > 0 && pread(file, &last, 1, size - 1) == 1 && last != '\n';
}

}  // namespace

Json read_json(const std::string& path) {
    std::ifstream input(path);
    if (!input) fail(path, "opened");
    try {
        return Json::parse(input);
    } catch (const Json::exception& error) {
        throw std::runtime_error(path + ": " + error.what());
    }
}

void publish(const std::string& path, const std::string& text) {
    const std::string aside = path + ".tmp." + std::to_string(getpid());
    const int file = open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) fail(aside, "created");
    write_all(file, text, aside);
    if (fsync(file) != 0) fail(aside, "synced");
    if (close(file) != 0) fail(aside, "closed");
    if (std::rename(aside.c_str(), path.c_str()) != 0) fail(path, "renamed into place");
}

void make_directory(const std::string& path) {
    if (mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) fail(path, "made");
}

bool exists(const std::string& path) {
    return access(path.c_str(), F_OK) == 0;
}

void remove_if_there(const std::string& path) {
    if (unlink(path.c_str()) != 0 && errno != ENOENT) fail(path, "removed");
}

LineLog::LineLog(const std::string& path)
    : path_(path), file_(open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
    if (file_ < 0) fail(path_, "opened");
    if (ends_torn(file_)) write_all(file_, "\n", path_);
}

LineLog::~LineLog() {
    close(file_);
}

void LineLog::append(const std::string& line) {
    write_all(file_, line + "\n", path_);
}

int last_step(const std::string& path) {
    std::ifstream lines(path);
    int last = 0;
    for (std::string line; std::getline(lines, line);) {
        const Json value = Json::parse(line, nullptr, false);
        if (value.is_object() && value.contains("step")) last = std::max(last, value["step"].get<int>());
    }
    return last;
}

std::string environment(const char* name, const std::string& otherwise) {
    const char* value = std::getenv(name);
    return value && *value ? value : otherwise;
}

std::string below(const std::string& directory, const std::string& path) {
    return path.rfind('/', 0) == 0 ? path : directory + "/" + path;
}

Json to_json(const Eigen::VectorXd& values) {
    return std::vector<double>(values.begin(), values.end());
}

Eigen::VectorXd vector_from(const Json& json) {
    const auto values = json.get<std::vector<double>>();
    return Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
}

int run_program(const char* program, const std::function<void()>& body) {
    try {
        body();
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", program, error.what());
        return 1;
    }
}

}  // namespace power_flow
