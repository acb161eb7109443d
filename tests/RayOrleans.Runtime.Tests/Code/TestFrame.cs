using System.Buffers;
using System.Reflection;
using RayOrleans.Core;
using RayOrleans.Runtime.Wire;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime.Tests.Code;

/// <summary>Runs calls on the calling thread with a serialiser of one's own; its results can be written as they travel.</summary>
internal sealed class TestFrame(ValueSerializer serializer) : CallFrame
{
    private object? _result;
    private byte[] _bytes = [];

    public override CancellationToken CancellationToken => CancellationToken.None;

    /// <summary>Runs a call and gives its result.</summary>
    public object? Run(Invocation call)
    {
        call.Execute(this)?.Wait(Patience.Limit);
        return _result;
    }

    /// <summary>Runs a call and gives its result as it travels.</summary>
    public byte[] RunToBytes(Invocation call)
    {
        Run(call);
        return _bytes;
    }

    /// <summary>Reads a result.</summary>
    public static object? Read(ValueSerializer serializer, Type type, byte[] result)
    {
        WireReader reader = new(result);
        return ValueWire.Read(ref reader, null) switch
        {
            InlineValue inline => typeof(TestFrame).GetMethod(nameof(Decode), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(type).Invoke(null, [serializer, inline.Bytes]),
            BoxedValue boxed => serializer.Deserialize<object>(new ArraySource(boxed.Bytes), null),
            var value => value,
        };
    }

    public override void Return<T>(T value)
    {
        _result = value;
        ArrayBufferWriter<byte> output = new();
        ValueWire.Write(output, ValueTraits<T>.IsImmutable ? value : new InlineValue(serializer.SerializeToArray(value, null)), serializer);
        _bytes = output.WrittenSpan.ToArray();
    }

    public override bool Yield<T>(T item) => throw new NotSupportedException();

    public override ValueTask<bool> YieldAsync<T>(T item) => throw new NotSupportedException();

    protected override T ReadArgument<T>(in Arg<T> arg) => serializer.Deserialize<T>(new ArraySource(((PackedArgument)arg.Packed!).Bytes), null);

    protected override Delegate UnpackFunction(object packed) => serializer.UnpackDelegate(((PackedFunction)packed).Delegate, null);

    private static object? Decode<T>(ValueSerializer serializer, byte[] bytes) => serializer.Deserialize<T>(new ArraySource(bytes), null);
}
