using System.Reflection;

namespace Ssl.Shared.Foundation.Settings;

/// <summary>One value that a user may set.</summary>
/// <param name="Key">As it is written on the command line: <c>Learner:Replay:CapacityBytes</c>.</param>
/// <param name="Property">Of the options; its attributes say what is allowed.</param>
public sealed record Setting(string Key, PropertyInfo Property, object? Default);
