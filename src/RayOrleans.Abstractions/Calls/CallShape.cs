namespace RayOrleans;

/// <summary>What a remote function returns and how it runs.</summary>
public enum CallShape
{
    /// <summary>Returns a value, on the thread that calls it.</summary>
    Value,

    /// <summary>Returns nothing, on the thread that calls it.</summary>
    Void,

    /// <summary>Returns <see cref="System.Threading.Tasks.Task{TResult}"/>.</summary>
    TaskOfValue,

    /// <summary>Returns <see cref="System.Threading.Tasks.ValueTask{TResult}"/>.</summary>
    ValueTaskOfValue,

    /// <summary>Returns <see cref="System.Threading.Tasks.Task"/>.</summary>
    Task,

    /// <summary>Returns <see cref="System.Threading.Tasks.ValueTask"/>.</summary>
    ValueTask,

    /// <summary>Returns a sequence whose items become objects one by one.</summary>
    Enumerable,

    /// <summary>Returns an asynchronous sequence whose items become objects one by one.</summary>
    AsyncEnumerable,
}
