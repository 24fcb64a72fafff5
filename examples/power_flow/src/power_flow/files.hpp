// The few file habits a job of the toolkit needs: publish by rename, append whole lines.
#pragma once

#include <Eigen/Core>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

namespace power_flow {

using Json = nlohmann::json;

// All of these throw std::runtime_error naming the path.
Json read_json(const std::string& path);

// Writes `text` aside, then renames it to `path`: readers see the old file, the new one or none.
void publish(const std::string& path, const std::string& text);

void make_directory(const std::string& path);  // fine if it is there; parents must be
bool exists(const std::string& path);
void remove_if_there(const std::string& path);

// A file of lines, each written by one write call; a torn last line is ended first.
class LineLog {
public:
    explicit LineLog(const std::string& path);
    ~LineLog();
    LineLog(const LineLog&) = delete;
    LineLog& operator=(const LineLog&) = delete;

    void append(const std::string& line);

private:
    std::string path_;
    int file_;
};

// The highest "step" of a file of JSON lines, 0 if there is none; torn lines are passed over.
int last_step(const std::string& path);

// The environment variable, or `otherwise` where it is unset or empty.
std::string environment(const char* name, const std::string& otherwise);

// `path` as it is if absolute, else below `directory`.
std::string below(const std::string& directory, const std::string& path);

// Vectors as JSON arrays; the numbers come back bit for bit.
Json to_json(const Eigen::VectorXd& values);
Eigen::VectorXd vector_from(const Json& json);

// Runs the body of a main: an exception becomes "program: message" on stderr and status 1.
int run_program(const char* program, const std::function<void()>& body);

}  // namespace power_flow
