using System.Buffers;
using System.Collections.Concurrent;
using System.Reflection;
using RayOrleans.Serialization;
using RayOrleans.Serialization.Functions;
using RayOrleans.Serialization.Types;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Runtime.Wire;

/// <summary>
/// The heads of calls: shape, number of parameters, whether the function follows, the invocation's type arguments, and the function when it captures nothing.
/// Both ways they are made once per function and then found by it, or by their bytes. Thread-safe.
/// </summary>
internal sealed class CallHeads(ValueSerializer serializer)
{
    private const int MaxKnown = 100_000;
    private const int MaxParameters = 6;
    private const byte Stateless = 0;
    private const byte Captures = 1;

    private readonly ConcurrentDictionary<(Type Invocation, FunctionShape? Function), byte[]> _written = new();
    private readonly ConcurrentDictionary<byte[], CallHead> _read = new(BytesComparer.Instance);
    private volatile Recent? _recent;

    /// <summary>The head of a packed call.</summary>
    public byte[] Of(Invocation invocation)
    {
        if (invocation.PackedFunction is not null)
        {
            return Find(invocation.GetType(), null);
        }

        // Compilers cache the delegates of what captures nothing, so one instance is seen again and again.
        Delegate function = invocation.Function;
        if (_recent is { } recent && ReferenceEquals(recent.Function, function) && recent.Invocation == invocation.GetType())
        {
            return recent.Head;
        }

        byte[] head = function.HasSingleTarget ? Find(invocation.GetType(), ShapeOf(function)) : Write(invocation.GetType(), function);
        _recent = new Recent(function, invocation.GetType(), head);
        return head;
    }

    /// <summary>The head that stands in a call's bytes.</summary>
    public CallHead Read(ReadOnlySpan<byte> bytes)
    {
        if (_read.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(bytes, out CallHead? known))
        {
            return known;
        }

        CallHead head = Parse(bytes);
        if (_read.Count < MaxKnown)
        {
            _read.TryAdd(bytes.ToArray(), head);
        }

        return head;
    }

    private byte[] Find(Type invocation, FunctionShape? function)
    {
        if (!_written.TryGetValue((invocation, function), out byte[]? head))
        {
            head = Write(invocation, function?.Placeholder);
            if (_written.Count < MaxKnown)
            {
                _written.TryAdd((invocation, function), head);
            }
        }

        return head;
    }

    private FunctionShape ShapeOf(Delegate function)
    {
        FunctionShape shape = serializer.Functions.ShapeOf(function);
        return shape.Kind is FunctionKind.Static or FunctionKind.Stateless || (shape.Kind == FunctionKind.Scope && shape.Scope.Variables.Length == 0)
            ? shape
            : throw new InvalidOperationException($"{shape.Text} has captured state: the call must be packed before it is sent.");
    }

    private byte[] Write(Type invocation, Delegate? function)
    {
        Type[] arguments = invocation.GetGenericArguments();
        CallShape shape = Enum.Parse<CallShape>(invocation.Name.AsSpan(0, invocation.Name.IndexOf(nameof(Invocation), StringComparison.Ordinal)));
        var output = new ArrayBufferWriter<byte>(128);
        output.Write([(byte)shape, (byte)(arguments.Length - Results(shape)), function is null ? Captures : Stateless]);
        foreach (Type argument in arguments)
        {
            TypeNameWriter.Write(output, argument);
        }

        if (function is not null)
        {
            output.Write(serializer.DescribeDelegate(function, null).ToBytes());
        }

        return output.WrittenSpan.ToArray();
    }

    private CallHead Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 3 || !Enum.IsDefined((CallShape)bytes[0]) || bytes[1] > MaxParameters || bytes[2] > Captures)
        {
            throw new CorruptValueException("the head of a call is damaged");
        }

        var names = new TypeNameReader(bytes[3..], serializer.Types.Assemblies);
        var arguments = new Type[bytes[1] + Results((CallShape)bytes[0])];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = names.Read();
        }

        MethodInfo read = Close((CallShape)bytes[0], arguments).GetMethod("Read", BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)!;
        ReadOnlySpan<byte> rest = bytes[(3 + names.Position)..];
        if (bytes[2] == Captures && !rest.IsEmpty)
        {
            throw new CorruptValueException("the head of a call is too long");
        }

        Delegate? function = bytes[2] == Captures ? null : serializer.UnpackDelegate(serializer.ReadPackedDelegate(rest), null);
        return new CallHead(read.CreateDelegate<Func<Delegate, CallReader, Invocation>>(), function);
    }

    private static Type Close(CallShape shape, Type[] arguments)
    {
        string name = $"{nameof(RayOrleans)}.{shape}{nameof(Invocation)}";
        if (arguments.Length == 0)
        {
            return typeof(Invocation).Assembly.GetType(name, throwOnError: true)!;
        }

        if (Array.Exists(arguments, a => a.ContainsGenericParameters))
        {
            throw new CorruptValueException("a call of a function whose types are not known");
        }

        Type definition = typeof(Invocation).Assembly.GetType($"{name}`{arguments.Length}", throwOnError: true)!;
        return definition.MakeGenericType(arguments);
    }

    /// <summary>The type parameters of an invocation besides its arguments.</summary>
    private static int Results(CallShape shape) => shape is CallShape.Void or CallShape.Task or CallShape.ValueTask ? 0 : 1;

    private sealed record Recent(Delegate Function, Type Invocation, byte[] Head);
}
