using System.Collections.Concurrent;
using System.Reflection;
using TorchSharp;

namespace Ssl.Architecture.Tests;

/// <summary>
/// TorchSharp makes a <see cref="Scalar"/> of a number in a tensor operation; the collector may finalise it during the native call
/// (docs/adr/0004). Our code keeps each scalar in a local with <c>using</c> or in a static field, and calls no TorchSharp method that
/// makes one and drops it, such as the sum of two tensors.
/// </summary>
public sealed class ScalarTests
{
    const byte Call = 0x28;
    const byte CallVirtual = 0x6F;
    const int CallBytes = 5;
    const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // ECMA-335, III.1.2: stloc.0 to stloc.3, stloc.s, stfld, stsfld
    static readonly byte[] Keeping = [0x0A, 0x0B, 0x0C, 0x0D, 0x13, 0x7D, 0x80];
    static readonly Type?[] TensorTypes = [typeof(torch.Tensor), typeof(torch), typeof(torch.nn.functional)];
    static readonly ConcurrentDictionary<MethodBase, bool> Careless = [];

    [Theory]
    [InlineData("Ssl.Shared.Speech")]
    [InlineData("Ssl.Learner")]
    [InlineData("Ssl.Transcriber")]
    [InlineData("ssl")]
    [InlineData("Ssl.Experiments")]
    public void A_number_in_a_tensor_operation_is_kept_until_the_operation_is_done(string assembly)
    {
        var methods = Assembly.Load(assembly).GetTypes()
            .SelectMany(t => t.GetMethods(Everything).Cast<MethodBase>().Concat(t.GetConstructors(Everything)));
        var found = methods.SelectMany(Offences).ToArray();
        Assert.True(found.Length == 0, string.Join("\n", found));
    }

    [Fact]
    public void Careless_numbers_are_seen()
    {
        AssertSeen(tensor => tensor * 0.5);
        AssertSeen(tensor => tensor.clamp_min(1e-3));
        AssertSeen(tensor => tensor + tensor); // its weight of one
        AssertSeen(tensor => tensor.square()); // its power of two
        Assert.Empty(Offences(((Func<torch.Tensor, torch.Tensor>)(tensor => tensor * tensor - tensor)).Method));
    }

    static void AssertSeen(Func<torch.Tensor, torch.Tensor> operation) => Assert.NotEmpty(Offences(operation.Method));

    static IEnumerable<string> Offences(MethodBase method) => Calls(method)
        .Where(call => IsToScalar(call.Method) ? !Keeping.Contains(call.Next) : IsCareless(call.Method))
        .Select(call => $"{method.DeclaringType}.{method.Name}: {call.Method.Name}");

    static bool IsToScalar(MethodBase method) => method is { Name: "op_Implicit" } && method.DeclaringType == typeof(Scalar);

    /// <summary>A method of a tensor that makes a number of its own and lets it go, or hands on to one that does.</summary>
    static bool IsCareless(MethodBase method)
    {
        if (!TensorTypes.Contains(method.DeclaringType))
            return false;
        return Careless.GetOrAdd(method, m => Calls(m).Any(call =>
            IsToScalar(call.Method) ? !Keeping.Contains(call.Next)
            : call.Method.DeclaringType == typeof(torch.Tensor) && call.Method != m
                && Calls(call.Method).Any(inner => IsToScalar(inner.Method) && !Keeping.Contains(inner.Next))));
    }

    /// <summary>What a method calls, with the operation that follows.</summary>
    static IEnumerable<(MethodBase Method, byte Next)> Calls(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
            yield break;
        for (var at = 0; at + CallBytes < code.Length; at++)
        {
            if (code[at] is Call or CallVirtual && Resolve(method, BitConverter.ToInt32(code, at + 1)) is { } called)
                yield return (called, code[at + CallBytes]);
        }
    }

    static MethodBase? Resolve(MethodBase method, int token)
    {
        try
        {
            var ofType = method.DeclaringType?.GetGenericArguments();
            return method.Module.ResolveMethod(token, ofType, method.IsGenericMethod ? method.GetGenericArguments() : null);
        }
        catch (Exception e) when (e is ArgumentException or BadImageFormatException)
        {
            return null; // not a call: an operand that looks like one
        }
    }
}
