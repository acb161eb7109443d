using System.Buffers;
using RayOrleans.Core;
using RayOrleans.Runtime.Code;
using RayOrleans.Runtime.Wire;

namespace RayOrleans.Runtime.Tests.Wire;

/// <summary>Two nodes that know nothing of each other: calls and values go from one to the other as bytes.</summary>
internal sealed class TwoNodes : IAsyncDisposable
{
    public static readonly ContentHash Package = new(7, 9);

    private readonly List<ObjectRef> _kept = [];

    private TwoNodes(IRay a, IRay b)
    {
        A = a;
        B = b;
        Sender = new CallCodec(a.Services(), a.Services().Serializer);
        Receiver = new CallCodec(b.Services(), b.Services().Serializer);
    }

    public IRay A { get; }

    public IRay B { get; }

    public CallCodec Sender { get; }

    public CallCodec Receiver { get; }

    public static async Task<TwoNodes> StartAsync() => new(await Nodes.StartAsync(), await Nodes.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await A.DisposeAsync();
        await B.DisposeAsync();
    }

    /// <summary>Packs a call on the first node and gives its bytes and inputs.</summary>
    public (byte[] Bytes, TaskRecord Task) Pack(Invocation call)
    {
        var scope = (RayScope)A;
        TaskRecord task = new(scope.NextId(), scope.Job, null, TaskOptions.Default) { Payload = call };
        ArgumentPacker packer = ArgumentPacker.Rent(A.Services(), scope);
        packer.Pack(call, task);
        byte[] bytes = Sender.Encode(call, task.DependencyCount, Package);
        packer.Return();
        return (bytes, task);
    }

    /// <summary>Sends a call of the first node to the second and runs it there.</summary>
    public ObjectRef<R> Send<R>(Action<CallCatcher> call) => Send<R>(new CallCatcher().Of(call));

    public ObjectRef<R> Send<R>(Invocation call)
    {
        (byte[] bytes, TaskRecord sent) = Pack(call);
        return Run<R>(bytes, sent);
    }

    /// <summary>Runs a call that came from the first node on the second.</summary>
    public ObjectRef<R> Run<R>(byte[] bytes, TaskRecord sent)
    {
        NodeServices b = B.Services();
        ObjectEntry[]? inputs = sent.Inputs is null ? null : Array.ConvertAll(sent.Inputs, Move);
        Invocation copy = Receiver.Decode(bytes, inputs);
        TaskRecord task = new(sent.TaskId, ((RayScope)B).Job, null, sent.Options)
        {
            Payload = copy,
            Function = b.Functions.Of(copy.Function),
            Name = "sent",
            Inputs = inputs,
            DependencyCount = sent.DependencyCount,
        };
        LocalHold hold = new(b, task, bySubmitter: true);
        b.Gate.Submit(task);
        return new ObjectRef<R>(hold, task);
    }

    /// <summary>The second node's copy of an object of the first.</summary>
    public ObjectEntry Move(ObjectEntry entry)
    {
        NodeServices b = B.Services();
        Patience.Until(() => entry.IsSettled, $"{entry.Id} was there");
        ArrayBufferWriter<byte> output = new();
        ValueWire.Write(output, entry.Value, A.Services().Serializer);
        WireReader reader = new(output.WrittenSpan);
        ObjectEntry[]? contained = entry.Contained is null ? null : Array.ConvertAll(entry.Contained, Move);
        ObjectEntry copy = new(entry.Id.Task, entry.Id.Index);
        b.Gate.Put(copy, ValueWire.Read(ref reader, contained), entry.Size, contained);
        reader.Finish();
        _kept.Add(new ObjectRef<object>(new LocalHold(b, copy, bySubmitter: false), copy));
        return copy;
    }
}
