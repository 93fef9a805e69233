/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package com.example.benchmark.worker;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * The address of a database on the server that all sides share.
 *
 * @param url JDBC URL; empty if nothing has connected yet
 * @param username user, who may create databases
 * @param password password
 */
public record ServerAddress(String url, String username, String password) {

	/**
	 * Return the address of another database on the same server.
	 * @param name the name of the database
	 */
	public ServerAddress database(String name) {
		String url = this.url.replaceFirst("(jdbc:postgresql://[^/]+/)[^?]*", "$1" + name);
		return new ServerAddress(url, this.username, this.password);
	}

	public Connection connect() throws SQLException {
		return DriverManager.getConnection(this.url, this.username, this.password);
	}

	void writeTo(DataOutputStream out) throws IOException {
		out.writeUTF(this.url);
		out.writeUTF(this.username);
		out.writeUTF(this.password);
	}

	static ServerAddress readFrom(DataInputStream in) throws IOException {
		return new ServerAddress(in.readUTF(), in.readUTF(), in.readUTF());
	}

}
