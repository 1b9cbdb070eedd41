using System.Text.Json.Nodes;
using Ssl.Shared.Speech.Model;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>A file of a model folder that holds one JSON object.</summary>
static class JsonFile
{
    /// <returns>Null where there is no such file.</returns>
    /// <exception cref="InvalidModelException">It holds anything else.</exception>
    public static JsonObject? Read(string path) => File.Exists(path) ? StrictJson.Parse(File.ReadAllText(path), path) : null;
}
