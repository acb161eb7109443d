using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>The options of tasks as bytes. A reservation stays behind: it is a ledger of the node that made it.</summary>
internal static class OptionsWire
{
    private const byte FailIfUnschedulable = 1;
    private const byte IsSoftAffinity = 2;
    private const byte Spread = 4;
    private const byte HasAffinity = 8;
    private const byte JobProcess = 16;
    private const byte OwnProcess = 32;
    private const byte IsAlone = 64;
    private const byte HasFiles = 128;

    public static void Write(WireWriter w, IPayloadWire payloads, TaskOptions options)
    {
        if (ReferenceEquals(options, TaskOptions.Default))
        {
            w.SharedOptions(TaskOptions.Default, payloads, static (w, _) => w.Byte(0));
            return;
        }

        w.SharedOptions(options, (options, payloads), static (w, s) =>
        {
            if (s.options.GetType() == typeof(TaskOptions) && s.options == TaskOptions.Default)
            {
                w.Byte(0);
                return;
            }

            w.Byte(1);
            ShapeWire.Write(w, s.options.Shape);
            w.Int(s.options.MaxRetries);
            bool hasAffinity = s.options.Affinity != NodeId.None;
            w.Byte((byte)((s.options.FailIfUnschedulable ? FailIfUnschedulable : 0) | (s.options.IsSoftAffinity ? IsSoftAffinity : 0)
                | (s.options.Spread ? Spread : 0) | (hasAffinity ? HasAffinity : 0)
                | s.options.Process switch { ProcessKind.Job => JobProcess, ProcessKind.Own => OwnProcess, _ => 0 } | (s.options.IsAlone ? IsAlone : 0) | (s.options.Environment?.Files is null ? 0 : HasFiles)));
            if (hasAffinity)
            {
                w.RawNode(s.options.Affinity);
            }

            ShapeWire.WriteLabels(w, s.options.Labels);
            ShapeWire.WriteLabels(w, s.options.Environment?.Variables);
            if (s.options.Environment?.Files is { } files)
            {
                w.Text(files);
            }

            int frame = w.BeginFrame();
            s.payloads.WriteOptions(w, s.options);
            w.EndFrame(frame);
        });
    }

    public static TaskOptions Read(ref WireReader r, IPayloadWire payloads)
    {
        if (r.TryOptions(out object? known))
        {
            return (TaskOptions)known;
        }

        TaskOptions options = r.Flag() ? ReadNew(ref r, payloads) : TaskOptions.Default;
        r.AddOptions(options);
        return options;
    }

    private static TaskOptions ReadNew(ref WireReader r, IPayloadWire payloads)
    {
        ResourceShape shape = ShapeWire.Read(ref r);
        int maxRetries = r.Int();
        byte flags = r.Byte();
        if ((flags & (JobProcess | OwnProcess)) == (JobProcess | OwnProcess) || (flags & (OwnProcess | IsAlone)) == IsAlone)
        {
            throw r.Corrupt("unknown options");
        }

        TaskOptions plain = new()
        {
            Shape = shape,
            MaxRetries = maxRetries,
            FailIfUnschedulable = (flags & FailIfUnschedulable) != 0,
            IsSoftAffinity = (flags & IsSoftAffinity) != 0,
            Spread = (flags & Spread) != 0,
            Affinity = (flags & HasAffinity) != 0 ? r.RawNode() : NodeId.None,
            Process = (flags & JobProcess) != 0 ? ProcessKind.Job : (flags & OwnProcess) != 0 ? ProcessKind.Own : ProcessKind.Node,
            IsAlone = (flags & IsAlone) != 0,
            Labels = ShapeWire.ReadLabels(ref r),
            Environment = ProcessEnvironment.Of(ShapeWire.ReadLabels(ref r), (flags & HasFiles) != 0 ? r.RequiredText() : null),
        };
        ReadOnlyMemory<byte> added = r.Frame();
        try
        {
            return payloads.ReadOptions(plain, added);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new CorruptBatchException($"Damaged bytes: options of {added.Length} bytes cannot be read: {e.Message}", e);
        }
    }
}
