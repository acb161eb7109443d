using System.Buffers;
using RayOrleans.Core;
using RayOrleans.Serialization;
using RayOrleans.Serialization.Types;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Runtime.Wire;

/// <summary>
/// What another node must know of a task's options, as bytes: resources, retries, where it may run, its names.
/// <code>
/// TaskTermsWire.Write(output, new TaskTerms(task.Options, task.Name, function.Name));
/// TaskTerms terms = TaskTermsWire.Read(ref reader, serializer);     // serializer: of the task's code, where it will run; null where it only passes through
/// </code>
/// </summary>
internal static class TaskTermsWire
{
    private const byte FailIfUnschedulable = 1;
    private const byte RetryAll = 2;
    private const byte RetrySome = 4;
    private const byte HasLabels = 8;
    private const byte HasRetries = 16;

    public static void Write(IBufferWriter<byte> output, in TaskTerms terms)
    {
        TaskOptions options = terms.Options;
        var more = options as RetryTaskOptions;
        byte[][]? retry = more is null ? null : more.PackedRetry ?? PackRetry(more.Retry);
        output.WriteByte((byte)(
            (options.FailIfUnschedulable ? FailIfUnschedulable : 0) | (more?.Retry.IsAll == true ? RetryAll : 0) | (retry is null ? 0 : RetrySome)
            | (more?.LabelSelector is null ? 0 : HasLabels) | (options.MaxRetries == TaskOptions.Default.MaxRetries ? 0 : HasRetries)));
        ShapeWire.Write(output, options.Shape);
        StrategyWire.Write(output, more?.Strategy ?? SchedulingStrategy.Default);
        if (options.MaxRetries != TaskOptions.Default.MaxRetries)
        {
            output.WriteBound(options.MaxRetries);
        }

        if (retry is not null)
        {
            output.WriteCount(retry.Length);
            foreach (byte[] name in retry)
            {
                output.WriteBlock(name);
            }
        }

        if (more?.LabelSelector is { } labels)
        {
            WriteLabels(output, labels);
        }

        output.WriteText(terms.Name);
        output.WriteText(terms.FunctionName);
    }

    /// <param name="reader">Where they stand.</param>
    /// <param name="serializer">The serialiser of the task's code; null keeps the types of exceptions to retry as they are named.</param>
    /// <exception cref="RaySerializationException">The bytes are damaged, or an exception type is not in the code.</exception>
    public static TaskTerms Read(ref WireReader reader, ValueSerializer? serializer)
    {
        byte flags = reader.ReadByte();
        ResourceShape shape = ShapeWire.Read(ref reader);
        SchedulingStrategy strategy = StrategyWire.Read(ref reader);
        TaskOptions options;
        if (flags == 0 && strategy is DefaultStrategy && ReferenceEquals(shape, ResourceShape.OneCpu))
        {
            options = TaskOptions.Default;
        }
        else
        {
            int maxRetries = (flags & HasRetries) == 0 ? TaskOptions.Default.MaxRetries : reader.ReadBound();
            byte[][]? retry = (flags & RetrySome) == 0 ? null : ReadRetry(ref reader);
            Dictionary<string, string>? labels = (flags & HasLabels) == 0 ? null : ReadLabels(ref reader);
            options = new RetryTaskOptions
            {
                Shape = shape,
                Strategy = strategy,
                MaxRetries = maxRetries,
                FailIfUnschedulable = (flags & FailIfUnschedulable) != 0,
                Retry = (flags & RetryAll) != 0 ? RetryExceptions.All : retry is null || serializer is null ? RetryExceptions.None : Resolve(retry, serializer),
                PackedRetry = serializer is null ? retry : null,
                LabelSelector = labels,
            };
        }

        return new TaskTerms(options, reader.ReadText(), reader.ReadText());
    }

    private static byte[][]? PackRetry(RetryExceptions retry) =>
        retry.Types.IsEmpty ? null : [.. retry.Types.Select(TypeNameWriter.Write)];

    private static RetryExceptions Resolve(byte[][] names, ValueSerializer serializer)
    {
        try
        {
            return RetryExceptions.Create([.. names.Select(name => serializer.Types.ResolveType(name))]);
        }
        catch (Exception e) when (e is ArgumentException or CorruptValueException)
        {
            throw WireReader.Damaged($"the exceptions to retry: {e.Message}", e);
        }
    }

    private static byte[][] ReadRetry(ref WireReader reader)
    {
        byte[][] names = new byte[reader.ReadCount()][];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = reader.ReadBlock().ToArray();
        }

        return names;
    }

    private static void WriteLabels(IBufferWriter<byte> output, IReadOnlyDictionary<string, string> labels)
    {
        output.WriteCount(labels.Count);
        foreach ((string key, string value) in labels)
        {
            output.WriteText(key);
            output.WriteText(value);
        }
    }

    private static Dictionary<string, string> ReadLabels(ref WireReader reader)
    {
        int count = reader.ReadCount(2);
        Dictionary<string, string> labels = new(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            labels[reader.ReadRequiredText()] = reader.ReadRequiredText();
        }

        return labels;
    }
}
