using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>The options of tasks as bytes. A reservation stays behind: it is a ledger of the node that made it.</summary>
internal static class OptionsWire
{
    private const byte FailIfUnschedulable = 1;

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
            w.Byte(s.options.FailIfUnschedulable ? FailIfUnschedulable : (byte)0);
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
        if (flags > FailIfUnschedulable)
        {
            throw r.Corrupt("unknown options");
        }

        TaskOptions plain = new()
        {
            Shape = shape,
            MaxRetries = maxRetries,
            FailIfUnschedulable = (flags & FailIfUnschedulable) != 0,
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
