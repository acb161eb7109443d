using System.Runtime.ExceptionServices;

namespace RayOrleans.Serialization.Wire;

/// <summary>Goes on with a deep recursion on a thread of its own when the stack is nearly used up; the caller waits.</summary>
internal static class ExtraStack
{
    private const int StackBytes = 16 * 1024 * 1024;

    public static void Run(ref int used, int limit, Action work)
    {
        if (++used > limit)
        {
            throw new NotSupportedException($"it nests deeper than {limit} extra stacks of 16 MiB hold (ValueSerializerOptions.MaxExtraStacks).");
        }

        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    work();
                }
                catch (Exception e)
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }
            },
            StackBytes)
        {
            IsBackground = true,
            Name = "RayOrleans deep value",
        };
        thread.Start();
        thread.Join();
        used--;
        failure?.Throw();
    }
}
