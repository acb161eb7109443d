using RayOrleans.Core;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime;

/// <summary>Packs the arguments of one call at a time; one per thread, reused.</summary>
internal sealed class ArgumentPacker : CallPacker
{
    [ThreadStatic]
    private static ArgumentPacker? t_instance;

    private readonly List<ObjectEntry> _dependencies = [];
    private readonly List<ObjectEntry> _contained = [];
    private readonly List<object> _keepAlive = [];
    /// <summary>What a call takes on the wire without its packed arguments, about.</summary>
    private const int BaseBytes = 128;

    private long _bytes;
    private NodeServices _node = null!;
    private RayScope _scope = null!;

    private ValueSerializer Serializer => _node.Codec.SerializerOf(_scope.Code);

    /// <summary>The calling thread's packer, ready for a call.</summary>
    public static ArgumentPacker Rent(NodeServices node, RayScope scope)
    {
        ArgumentPacker packer = t_instance ?? new ArgumentPacker();
        t_instance = null;
        packer._node = node;
        packer._scope = scope;
        return packer;
    }

    /// <summary>Packs the function's state and every argument, and gives the record its inputs.</summary>
    public void Pack(Invocation invocation, TaskRecord task)
    {
        _bytes = BaseBytes;
        WriteTracker? tracker = null;
        if (FunctionTable.MayCapture(invocation.Function))
        {
            tracker = new WriteTracker(_node);
            invocation.PackedFunction = Serializer.PackDelegate(invocation.Function, tracker) is { } packed
                ? new PackedFunction(packed, tracker.Entries)
                : null;
            _bytes += (invocation.PackedFunction as PackedFunction)?.Delegate.CapturedBytes ?? 0;
            Contain(tracker);
        }

        invocation.Pack(this);

        // What is larger still does not travel.
        task.PayloadBytes = (int)Math.Min(_bytes, ClusterLimits.MaxCallBytes);
        int dependencies = _dependencies.Count;
        if (dependencies + _contained.Count > 0)
        {
            task.DependencyCount = dependencies;
            task.Inputs = [.. _dependencies, .. _contained];
        }
    }

    /// <summary>Gives the packer back once the engine has the task: until then the caller's references are kept reachable.</summary>
    public void Return()
    {
        if (_keepAlive.Count > 0 || _dependencies.Count > 0 || _contained.Count > 0)
        {
            _dependencies.Clear();
            _contained.Clear();
            _keepAlive.Clear();
        }

        _node = null!;
        _scope = null!;
        t_instance = this;
    }

    protected override void AddDependency(ObjectRef reference)
    {
        if (reference.Target is not ObjectEntry entry || reference.Hold.Runtime != _node)
        {
            throw new ArgumentException($"{reference} belongs to another runtime than the one it is passed to; get its value there and pass that.");
        }

        _dependencies.Add(entry);
        _keepAlive.Add(reference);
    }

    protected override void PackValue<T>(ref Arg<T> arg)
    {
        if (arg.Value is null)
        {
            return;
        }

        WriteTracker tracker = new(_node);
        using SerializedValue serialized = Serializer.Serialize(arg.Value, tracker);
        if (serialized.TotalLength <= _node.Options.InlineThresholdBytes)
        {
            arg.Packed = new PackedArgument(serialized.ToArray(), tracker.Entries);
            _bytes += serialized.TotalLength;
            arg.Value = default;
            Contain(tracker);
            return;
        }

        // Large: an object of its own, as if the caller had put it.
        ObjectRef<T> put = _scope.Put(arg.Value);
        arg = put;
        AddDependency(put);
    }

    protected override void CountText(string text) => _bytes += text.Length;

    private void Contain(WriteTracker tracker)
    {
        if (tracker.Entries is { } entries)
        {
            _contained.AddRange(entries);
            _keepAlive.Add(tracker.KeepAlive!);
        }
    }
}
